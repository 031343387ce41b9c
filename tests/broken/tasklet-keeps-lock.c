// SPDX-License-Identifier: GPL-2.0-only
/*
 * Its tasklet takes a lock and returns with it. The kernel sees that the preemption
 * count has changed, says so and sets it right.
 *
 * expect:
 *	outcome=warning
 *	phase=load
 *	kind=softirq-imbalance
 *	exit=105
 */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static void run(struct tasklet_struct *t)
{
	spin_lock_bh(&lock); /* here */
}

static DECLARE_TASKLET(tasklet, run);

static int __init tasklet_keeps_lock_init(void)
{
	local_bh_disable();
	tasklet_schedule(&tasklet);
	local_bh_enable(); /* it runs now */
	return 0;
}
module_init(tasklet_keeps_lock_init);

static void __exit tasklet_keeps_lock_exit(void)
{
	tasklet_kill(&tasklet);
}
module_exit(tasklet_keeps_lock_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its tasklet keeps a lock");
