// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a thread that returns by itself, and stops it in exit. Nobody holds its
 * task_struct any more: exit reads freed memory. What the kernel makes of that depends on
 * who has the memory by then: where that is a live task, it is waited for.
 *
 * expect:
 *	command=sleep 0.5
 *	outcome=warning|oops|hung
 *	phase=unload
 *	kind=thread-gone|stalled-call
 *	exit=105|111|109
 *	summary=kthread_stop.*, (in|called from) thread_gone_exit
 *	hint=get_task_struct
 *	line=here
 *	function=thread_gone_exit
 */
#include <linux/kthread.h>
#include <linux/module.h>

static struct task_struct *thread;

static int work_once(void *unused)
{
	return 0;
}

static int __init thread_gone_init(void)
{
	thread = kthread_run(work_once, NULL, "works-once");
	return PTR_ERR_OR_ZERO(thread);
}
module_init(thread_gone_init);

static void __exit thread_gone_exit(void)
{
	kthread_stop(thread); /* here */
}
module_exit(thread_gone_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: stops a thread that is gone");
