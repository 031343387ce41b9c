// SPDX-License-Identifier: GPL-2.0-only
/* expect: proc /proc/driver/lo_proc_driver */
/* A proc entry in a folder stays */
#include <linux/module.h>
#include <linux/proc_fs.h>

static const struct proc_ops ops;

static int __init lo_proc_driver_init(void)
{
	return proc_create("driver/lo_proc_driver", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(lo_proc_driver_init);

static void __exit lo_proc_driver_exit(void)
{
}
module_exit(lo_proc_driver_exit);

MODULE_DESCRIPTION("Test: a proc entry in a folder stays");
MODULE_LICENSE("GPL");
