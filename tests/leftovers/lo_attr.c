// SPDX-License-Identifier: GPL-2.0-only
/* expect: sysfs /sys/kernel/lo_attr */
/* A file in a folder of the kernel stays */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static ssize_t show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0\n");
}
static struct kobj_attribute attribute = {
	.attr = { .name = "lo_attr", .mode = 0444 }, .show = show,
};

static int __init lo_attr_init(void)
{
	return sysfs_create_file(kernel_kobj, &attribute.attr);
}
module_init(lo_attr_init);

static void __exit lo_attr_exit(void)
{
}
module_exit(lo_attr_exit);

MODULE_DESCRIPTION("Test: a file in a folder of the kernel stays");
MODULE_LICENSE("GPL");
