// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_file_init (again) */
/* A file that is open */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>

static struct file *file;

static int __init lo_file_init(void)
{
	file = filp_open("/proc/version", O_RDONLY, 0);
	return PTR_ERR_OR_ZERO(file);
}
module_init(lo_file_init);

static void __exit lo_file_exit(void)
{
}
module_exit(lo_file_exit);

MODULE_DESCRIPTION("Test: a file that is open");
MODULE_LICENSE("GPL");
