// SPDX-License-Identifier: GPL-2.0-only
/* expect: sysfs /sys/kernel/lo_kobject */
/* A kobject stays */
#include <linux/kobject.h>
#include <linux/module.h>

static int __init lo_kobject_init(void)
{
	return kobject_create_and_add("lo_kobject", kernel_kobj) ? 0 : -ENOMEM;
}
module_init(lo_kobject_init);

static void __exit lo_kobject_exit(void)
{
}
module_exit(lo_kobject_exit);

MODULE_DESCRIPTION("Test: a kobject stays");
MODULE_LICENSE("GPL");
