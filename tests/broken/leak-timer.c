// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a timer that starts itself anew, and does not stop it: it fires after the
 * code has gone, in interrupt context, which the kernel does not survive.
 *
 * expect:
 *	outcome=panic|oops|leak
 *	phase=unload|leak
 *	exit=112|111|104
 */
#include <linux/module.h>
#include <linux/timer.h>

static void tick(struct timer_list *t)
{
	mod_timer(t, jiffies + HZ / 50); /* here */
}

static DEFINE_TIMER(timer, tick);

static int __init leak_timer_init(void)
{
	mod_timer(&timer, jiffies + HZ / 50);
	return 0;
}
module_init(leak_timer_init);

static void __exit leak_timer_exit(void)
{
}
module_exit(leak_timer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its timer fires after it has gone");
