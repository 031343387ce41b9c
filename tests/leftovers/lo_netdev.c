// SPDX-License-Identifier: GPL-2.0-only
/* expect: netdev lonet0 */
/* A network interface stays */
#include <linux/module.h>
#include <linux/netdevice.h>

static const struct net_device_ops ops;
static struct net_device *dev;
static void setup(struct net_device *d)
{
	d->netdev_ops = &ops;
}

static int __init lo_netdev_init(void)
{
	dev = alloc_netdev(0, "lonet%d", NET_NAME_UNKNOWN, setup);
	return dev ? register_netdev(dev) : -ENOMEM;
}
module_init(lo_netdev_init);

static void __exit lo_netdev_exit(void)
{
}
module_exit(lo_netdev_exit);

MODULE_DESCRIPTION("Test: a network interface stays");
MODULE_LICENSE("GPL");
