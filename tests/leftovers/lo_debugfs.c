// SPDX-License-Identifier: GPL-2.0-only
/* expect: debugfs /sys/kernel/debug/lo_debugfs */
/* A debugfs folder stays */
#include <linux/debugfs.h>
#include <linux/module.h>

static int __init lo_debugfs_init(void)
{
	debugfs_create_dir("lo_debugfs", NULL);
	return 0;
}
module_init(lo_debugfs_init);

static void __exit lo_debugfs_exit(void)
{
}
module_exit(lo_debugfs_exit);

MODULE_DESCRIPTION("Test: a debugfs folder stays");
MODULE_LICENSE("GPL");
