// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks a mutex that it already holds, and so sleeps for ever.
 *
 * expect:
 *	outcome=hung
 *	phase=load
 *	exit=109
 *	line=here
 *	function=deadlock_init
 */
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

static int __init deadlock_init(void)
{
	mutex_lock(&lock);
	mutex_lock(&lock); /* here */
	mutex_unlock(&lock);
	return 0;
}
module_init(deadlock_init);

static void __exit deadlock_exit(void)
{
}
module_exit(deadlock_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: locks a mutex twice");
