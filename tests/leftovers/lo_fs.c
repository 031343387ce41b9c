// SPDX-License-Identifier: GPL-2.0-only
/* expect: filesystem */
/* A file system type stays */
#include <linux/fs.h>
#include <linux/module.h>

static struct file_system_type type = { .owner = THIS_MODULE, .name = "lo_fs" };

static int __init lo_fs_init(void)
{
	return register_filesystem(&type);
}
module_init(lo_fs_init);

static void __exit lo_fs_exit(void)
{
}
module_exit(lo_fs_exit);

MODULE_DESCRIPTION("Test: a file system type stays");
MODULE_LICENSE("GPL");
