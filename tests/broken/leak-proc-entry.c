// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a proc file and leaves it behind: its functions are gone, the next reader
 * crashes.
 *
 * expect:
 *	outcome=leak
 *	phase=leak
 *	kind=proc
 *	exit=104
 *	summary=leak-proc-entry
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int show(struct seq_file *m, void *v)
{
	seq_puts(m, "still here\n");
	return 0;
}

static int __init leak_proc_entry_init(void)
{
	return proc_create_single("leak-proc-entry", 0444, NULL, show) ? 0 : -ENOMEM; /* here */
}
module_init(leak_proc_entry_init);

static void __exit leak_proc_entry_exit(void)
{
}
module_exit(leak_proc_entry_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: leaves its proc file behind");
