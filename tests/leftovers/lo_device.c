// SPDX-License-Identifier: GPL-2.0-only
/* expect: dev /dev/lo_device */
/* A device node stays, its class too */
#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/version.h>

/* The owner went away in 6.4 (1aaba11da9aa "driver core: class: remove module * ..."). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define make_class(name) class_create(THIS_MODULE, name)
#else
#define make_class(name) class_create(name)
#endif

static struct class *class;

static int __init lo_device_init(void)
{
	class = make_class("lo_device_class");
	if (IS_ERR(class))
		return PTR_ERR(class);
	return PTR_ERR_OR_ZERO(device_create(class, NULL, MKDEV(240, 7), NULL, "lo_device"));
}
module_init(lo_device_init);

static void __exit lo_device_exit(void)
{
}
module_exit(lo_device_exit);

MODULE_DESCRIPTION("Test: a device node stays, its class too");
MODULE_LICENSE("GPL");
