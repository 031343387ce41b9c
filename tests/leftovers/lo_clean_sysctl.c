// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Sysctls in nested tables, taken back */
#include <linux/module.h>
#include <linux/sysctl.h>
#include <linux/version.h>

static int value;
static struct ctl_table_header *header;
static struct ctl_table leaf[] = {
	{ .procname = "lo_a", .data = &value, .maxlen = sizeof(value), .mode = 0444,
	  .proc_handler = proc_dointvec },
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	{ }
#endif
};
/* Nested tables went away in 6.5. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
static struct ctl_table other[] = {
	{ .procname = "lo_b", .data = &value, .maxlen = sizeof(value), .mode = 0444,
	  .proc_handler = proc_dointvec },
	{ }
};
static struct ctl_table folders[] = {
	{ .procname = "lo_one", .mode = 0555, .child = leaf },
	{ .procname = "lo_two", .mode = 0555, .child = other },
	{ }
};
static struct ctl_table root[] = {
	{ .procname = "kernel", .mode = 0555, .child = folders },
	{ }
};
#define add() register_sysctl_table(root)
#else
#define add() register_sysctl("kernel", leaf)
#endif

static int __init lo_clean_sysctl_init(void)
{
	header = add();
	return header ? 0 : -ENOMEM;
}
module_init(lo_clean_sysctl_init);

static void __exit lo_clean_sysctl_exit(void)
{
	unregister_sysctl_table(header);
}
module_exit(lo_clean_sysctl_exit);

MODULE_DESCRIPTION("Test: sysctls in nested tables, taken back");
MODULE_LICENSE("GPL");
