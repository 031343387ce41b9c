// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading its proc file looks for something that never comes, without sleeping. A signal
 * ends it, so nothing but the time of the command is over.
 *
 * expect:
 *	command=cat /proc/endless-poll
 *	timeout=3
 *	outcome=timeout
 *	phase=test
 *	kind=endless-call
 *	exit=106
 *	function=show
 *	summary='cat' runs in the kernel and does not come back, in show
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>

static bool ready;

static int show(struct seq_file *m, void *v)
{
	while (!READ_ONCE(ready) && !fatal_signal_pending(current))
		cond_resched();
	return 0;
}

static int __init endless_poll_init(void)
{
	return proc_create_single("endless-poll", 0444, NULL, show) ? 0 : -ENOMEM;
}
module_init(endless_poll_init);

static void __exit endless_poll_exit(void)
{
	remove_proc_entry("endless-poll", NULL);
}
module_exit(endless_poll_exit);

MODULE_DESCRIPTION("Broken on purpose: looks for something without end");
MODULE_LICENSE("GPL");
