// SPDX-License-Identifier: GPL-2.0-only
/* expect: dev /dev/lo_misc */
/* A misc device stays */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static const struct file_operations ops = { .owner = THIS_MODULE };
static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "lo_misc", .fops = &ops,
};

static int __init lo_misc_init(void)
{
	return misc_register(&device);
}
module_init(lo_misc_init);

static void __exit lo_misc_exit(void)
{
}
module_exit(lo_misc_exit);

MODULE_DESCRIPTION("Test: a misc device stays");
MODULE_LICENSE("GPL");
