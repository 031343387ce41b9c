// SPDX-License-Identifier: GPL-2.0-only
/*
 * An entry of its sysctl table has no .maxlen. The kernel refuses the table, with a
 * trace up to 6.1; the module goes on without it.
 *
 * expect:
 *	outcome=warning
 *	phase=load
 *	kind=sysctl-table
 *	exit=105
 *	line@debian/5.10=here
 *	line@debian/6.1=here
 *	function@debian/5.10=sysctl_table_init
 *	function@debian/6.1=sysctl_table_init
 */
#include <linux/module.h>
#include <linux/sysctl.h>

static int value;

static struct ctl_table table[] = {
	{
		.procname = "broken-value",
		.data = &value,
		.mode = 0644,
		.proc_handler = proc_dointvec,
	},
#ifndef register_sysctl /* a function cannot know the size */
	{ }
#endif
};

static struct ctl_table_header *header;

static int __init sysctl_table_init(void)
{
	header = register_sysctl("kernel", table); /* here */
	return 0;
}
module_init(sysctl_table_init);

static void __exit sysctl_table_exit(void)
{
	unregister_sysctl_table(header);
}
module_exit(sysctl_table_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: registers a sysctl table with a wrong entry");
