// SPDX-License-Identifier: GPL-2.0-only
/* expect: proc /proc/lo_proc */
/* A proc entry stays */
#include <linux/module.h>
#include <linux/proc_fs.h>

static const struct proc_ops ops;

static int __init lo_proc_init(void)
{
	return proc_create("lo_proc", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(lo_proc_init);

static void __exit lo_proc_exit(void)
{
}
module_exit(lo_proc_exit);

MODULE_DESCRIPTION("Test: a proc entry stays");
MODULE_LICENSE("GPL");
