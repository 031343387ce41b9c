// SPDX-License-Identifier: GPL-2.0-only
/*
 * Its work function takes a lock and returns with it. The kernel says so in the worker,
 * whose trace has nothing of the module: only the message names the function. Then the
 * worker sleeps with the lock.
 *
 * expect:
 *	outcome=atomic-sleep
 *	phase=load
 *	kind=workqueue-imbalance
 *	exit=107
 *	line=here
 *	function=run
 */
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

static DEFINE_SPINLOCK(lock);

static void run(struct work_struct *work)
{ /* here */
	spin_lock_bh(&lock);
}

static DECLARE_WORK(work, run);

static int __init work_keeps_lock_init(void)
{
	schedule_work(&work);
	flush_work(&work);
	return 0;
}
module_init(work_keeps_lock_init);

static void __exit work_keeps_lock_exit(void)
{
	cancel_work_sync(&work);
}
module_exit(work_keeps_lock_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its work function keeps a lock");
