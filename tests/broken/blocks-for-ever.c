// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading its proc file sleeps until a signal comes. The command that does so does
 * not end in time; the one beside it also sleeps, but not in the module.
 *
 * expect:
 *	command=sleep 60 & cat /proc/blocks-for-ever
 *	timeout=3
 *	outcome=timeout
 *	phase=test
 *	exit=106
 *	line=here
 *	function=show
 *	summary='cat' \(process [0-9]+\) waits in .* of '/proc/blocks-for-ever', in show
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);

static int show(struct seq_file *m, void *v)
{
	return wait_event_interruptible(queue, false); /* here */
}

static int __init blocks_for_ever_init(void)
{
	return proc_create_single("blocks-for-ever", 0444, NULL, show) ? 0 : -ENOMEM;
}
module_init(blocks_for_ever_init);

static void __exit blocks_for_ever_exit(void)
{
	remove_proc_entry("blocks-for-ever", NULL);
}
module_exit(blocks_for_ever_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: reading its proc file never ends");
