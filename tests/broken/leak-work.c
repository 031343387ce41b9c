// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues a work item that queues itself anew, and does not cancel it: a kernel worker
 * goes on in code that has gone. It is killed in the middle of its work; 7.2 does not
 * survive that.
 *
 * expect:
 *	outcome=oops|panic
 *	phase=unload|leak
 *	kind=use-after-unload|page-fault
 *	exit=111|112
 *	settle=200
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static void work(struct work_struct *w);
static DECLARE_WORK(again, work);

static void work(struct work_struct *w)
{
	msleep(20);
	schedule_work(&again); /* here */
}

static int __init leak_work_init(void)
{
	schedule_work(&again);
	return 0;
}
module_init(leak_work_init);

static void __exit leak_work_exit(void)
{
}
module_exit(leak_work_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its work item runs after it has gone");
