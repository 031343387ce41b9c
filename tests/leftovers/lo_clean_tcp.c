// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* The end that closes first stays known to TCP for a minute, and its port with it. */
#include <linux/in.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/version.h>
#include <net/net_namespace.h>
#include <net/sock.h>

/* Since 6.19 these functions take an address of no fixed size. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define ADDRESS(at) ((struct sockaddr_unsized *)(at))
#else
#define ADDRESS(at) ((struct sockaddr *)(at))
#endif

static struct sockaddr_in here = {.sin_family = AF_INET};

static int make_socket(struct socket **s)
{
	return sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, s);
}

static int meet(struct socket *server, struct socket *client)
{
	struct socket *accepted;
	int err;

	err = kernel_bind(server, ADDRESS(&here), sizeof(here));
	if (!err)
		err = kernel_listen(server, 1);
	if (!err)
		err = kernel_getsockname(server, (struct sockaddr *)&here);
	if (err < 0)
		return err;
	err = kernel_connect(client, ADDRESS(&here), sizeof(here), 0);
	if (!err)
		err = kernel_accept(server, &accepted, 0);
	if (err)
		return err;
	kernel_sock_shutdown(client, SHUT_RDWR);
	sock_release(accepted);
	return 0;
}

static int talk(void)
{
	struct socket *server, *client;
	int err = make_socket(&server);

	if (err)
		return err;
	err = make_socket(&client);
	if (!err) {
		err = meet(server, client);
		sock_release(client);
	}
	sock_release(server);
	return err;
}

static int __init lo_clean_tcp_init(void)
{
	struct net_device *lo = init_net.loopback_dev;

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	rtnl_lock();
	dev_change_flags(lo, lo->flags | IFF_UP, NULL);
	rtnl_unlock();
	return talk();
}

static void __exit lo_clean_tcp_exit(void)
{
}

module_init(lo_clean_tcp_init);
module_exit(lo_clean_tcp_exit);
MODULE_DESCRIPTION("speaks with itself over TCP");
MODULE_LICENSE("GPL");
