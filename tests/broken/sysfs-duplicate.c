// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes two sysfs directories of one name. The second is refused with a trace in the
 * log; the module goes on without it.
 *
 * expect:
 *	outcome=warning
 *	phase=load
 *	kind=sysfs-duplicate
 *	exit=105
 *	line=here
 *	function=sysfs_duplicate_init
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static struct kobject *first, *second;

static int __init sysfs_duplicate_init(void)
{
	first = kobject_create_and_add("sysfs-duplicate", kernel_kobj);
	second = kobject_create_and_add("sysfs-duplicate", kernel_kobj); /* here */
	return 0;
}
module_init(sysfs_duplicate_init);

static void __exit sysfs_duplicate_exit(void)
{
	kobject_put(second);
	kobject_put(first);
}
module_exit(sysfs_duplicate_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: makes the same sysfs directory twice");
