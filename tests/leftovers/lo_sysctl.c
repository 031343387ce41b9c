// SPDX-License-Identifier: GPL-2.0-only
/* expect: sysctl lo_sysctl */
/* A sysctl stays */
#include <linux/module.h>
#include <linux/sysctl.h>
#include <linux/version.h>

static int value;
/* The number of entries is counted since 6.6; before, an empty one ends the table. */
static struct ctl_table table[] = {
	{ .procname = "lo_sysctl", .data = &value, .maxlen = sizeof(value), .mode = 0444,
	  .proc_handler = proc_dointvec },
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	{ }
#endif
};

static int __init lo_sysctl_init(void)
{
	return register_sysctl("kernel", table) ? 0 : -ENOMEM;
}
module_init(lo_sysctl_init);

static void __exit lo_sysctl_exit(void)
{
}
module_exit(lo_sysctl_exit);

MODULE_DESCRIPTION("Test: a sysctl stays");
MODULE_LICENSE("GPL");
