// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows a NULL pointer while its proc file is read: the reader is killed, not
 * insmod.
 *
 * expect:
 *	command=cat /proc/null-in-read
 *	outcome=oops
 *	phase=test
 *	kind=null-dereference
 *	exit=111
 *	line=here
 *	function=show
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

/* volatile: the compiler must not see that it is NULL */
static int *volatile nowhere;

static int show(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", *nowhere); /* here */
	return 0;
}

static int __init null_in_read_init(void)
{
	return proc_create_single("null-in-read", 0444, NULL, show) ? 0 : -ENOMEM;
}
module_init(null_in_read_init);

static void __exit null_in_read_exit(void)
{
	remove_proc_entry("null-in-read", NULL);
}
module_exit(null_in_read_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: reading its proc file follows a NULL pointer");
