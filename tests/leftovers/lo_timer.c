// SPDX-License-Identifier: GPL-2.0-only
/* expect: timer */
/* A timer of an hour is still pending */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static void fire(struct timer_list *t)
{
}
static DEFINE_TIMER(timer, fire);

static int __init lo_timer_init(void)
{
	mod_timer(&timer, jiffies + 3600 * HZ);
	return 0;
}
module_init(lo_timer_init);

static void __exit lo_timer_exit(void)
{
}
module_exit(lo_timer_exit);

MODULE_DESCRIPTION("Test: a timer of an hour is still pending");
MODULE_LICENSE("GPL");
