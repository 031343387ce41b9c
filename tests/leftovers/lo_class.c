// SPDX-License-Identifier: GPL-2.0-only
/* expect: class /sys/class/lo_class */
/* A device class stays */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/version.h>

/* The owner went away in 6.4 (1aaba11da9aa "driver core: class: remove module * ..."). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define make_class(name) class_create(THIS_MODULE, name)
#else
#define make_class(name) class_create(name)
#endif

static struct class *class;

static int __init lo_class_init(void)
{
	class = make_class("lo_class");
	return PTR_ERR_OR_ZERO(class);
}
module_init(lo_class_init);

static void __exit lo_class_exit(void)
{
}
module_exit(lo_class_exit);

MODULE_DESCRIPTION("Test: a device class stays");
MODULE_LICENSE("GPL");
