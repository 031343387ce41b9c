// SPDX-License-Identifier: GPL-2.0-only
/* expect: chrdev lo_chrdev */
/* A range of device numbers stays */
#include <linux/fs.h>
#include <linux/module.h>

static dev_t number;

static int __init lo_chrdev_init(void)
{
	return alloc_chrdev_region(&number, 0, 1, "lo_chrdev");
}
module_init(lo_chrdev_init);

static void __exit lo_chrdev_exit(void)
{
}
module_exit(lo_chrdev_exit);

MODULE_DESCRIPTION("Test: a range of device numbers stays");
MODULE_LICENSE("GPL");
