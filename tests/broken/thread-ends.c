// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stops a thread that ends by itself. It is in time, by chance: half a second later the
 * thread's task_struct would be free.
 *
 * expect:
 *	outcome=warning
 *	phase=leak
 *	kind=thread-gone
 *	exit=105
 *	summary=kthread_stop.*ends without asking
 *	hint=kthread_should_stop
 *	line=here
 *	function=ends_by_itself
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static DECLARE_COMPLETION(begun);

static int ends_by_itself(void *data)
{ /* here */
	complete(&begun);
	msleep(500);
	return 0;
}

static int __init thread_ends_init(void)
{
	struct task_struct *thread = kthread_run(ends_by_itself, NULL, "thread-ends");

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	wait_for_completion(&begun);
	kthread_stop(thread);
	return 0;
}

static void __exit thread_ends_exit(void)
{
}

module_init(thread_ends_init);
module_exit(thread_ends_exit);
MODULE_DESCRIPTION("Broken on purpose: stops a thread that ends by itself");
MODULE_LICENSE("GPL");
