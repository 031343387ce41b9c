// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init fails half-way and does not take back what it did: the exit function is never
 * called for a module that did not load.
 *
 * expect:
 *	outcome=load-error
 *	phase=load
 *	exit=102
 *	event=leak:.*:proc
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int show(struct seq_file *m, void *v)
{
	seq_puts(m, "still here\n");
	return 0;
}

static int __init init_error_leak_init(void)
{
	if (!proc_create_single("init-error-leak", 0444, NULL, show)) /* here */
		return -ENOMEM;
	return -ENODEV;
}
module_init(init_error_leak_init);

static void __exit init_error_leak_exit(void)
{
	remove_proc_entry("init-error-leak", NULL);
}
module_exit(init_error_leak_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: init fails and leaves its proc entry behind");
