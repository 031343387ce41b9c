// SPDX-License-Identifier: GPL-2.0-only
/* expect: driver /sys/bus/platform/drivers/lo_driver */
/* A platform driver stays */
#include <linux/module.h>
#include <linux/platform_device.h>

static struct platform_driver driver = { .driver = { .name = "lo_driver" } };

static int __init lo_driver_init(void)
{
	return platform_driver_register(&driver);
}
module_init(lo_driver_init);

static void __exit lo_driver_exit(void)
{
}
module_exit(lo_driver_exit);

MODULE_DESCRIPTION("Test: a platform driver stays");
MODULE_LICENSE("GPL");
