// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_socket_init (again) */
/* A socket */
#include <linux/module.h>
#include <linux/net.h>
#include <net/net_namespace.h>

static struct socket *sock;

static int __init lo_socket_init(void)
{
	return sock_create_kern(&init_net, AF_UNIX, SOCK_DGRAM, 0, &sock);
}
module_init(lo_socket_init);

static void __exit lo_socket_exit(void)
{
}
module_exit(lo_socket_exit);

MODULE_DESCRIPTION("Test: a socket");
MODULE_LICENSE("GPL");
