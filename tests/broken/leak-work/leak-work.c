// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues a work item that queues itself anew, and does not cancel it: a kernel worker
 * jumps into code that has gone.
 */
#include <linux/module.h>
#include <linux/workqueue.h>

static void work(struct work_struct *w);
static DECLARE_DELAYED_WORK(again, work);

static void work(struct work_struct *w)
{
	schedule_delayed_work(&again, HZ / 50); /* here */
}

static int __init leak_work_init(void)
{
	schedule_delayed_work(&again, HZ / 50);
	return 0;
}
module_init(leak_work_init);

static void __exit leak_work_exit(void)
{
}
module_exit(leak_work_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its work item runs after it has gone");
