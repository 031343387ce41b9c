// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a kernel thread and leaves it behind, asleep: when it wakes, its code has
 * gone.
 *
 * expect:
 *	outcome=leak
 *	phase=leak
 *	kind=kthread
 *	exit=104
 *	summary=leak-kthread
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static int sleeper(void *unused)
{
	for (;;)
		msleep(1000000);
	return 0;
}

static int __init leak_kthread_init(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(sleeper, NULL, "leak-kthread")); /* here */
}
module_init(leak_kthread_init);

static void __exit leak_kthread_exit(void)
{
}
module_exit(leak_kthread_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: leaves its kernel thread behind");
