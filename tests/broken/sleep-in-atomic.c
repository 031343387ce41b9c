// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeps while it holds a spinlock. The _bh form, because a kernel without
 * CONFIG_PREEMPT_COUNT (5.10 here) does not count plain spinlocks.
 *
 * expect:
 *	outcome=atomic-sleep
 *	phase=load
 *	kind=scheduling-while-atomic
 *	exit=107
 *	line=here
 *	function=sleep_in_atomic_init
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init sleep_in_atomic_init(void)
{
	spin_lock_bh(&lock);
	msleep(20); /* here */
	spin_unlock_bh(&lock);
	return 0;
}
module_init(sleep_in_atomic_init);

static void __exit sleep_in_atomic_exit(void)
{
}
module_exit(sleep_in_atomic_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: sleeps while it holds a spinlock");
