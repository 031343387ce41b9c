// SPDX-License-Identifier: GPL-2.0-only
/* expect: timer */
/* A high-resolution timer of an hour is still pending */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>

static enum hrtimer_restart fire(struct hrtimer *t)
{
	return HRTIMER_NORESTART;
}

/* Allocated, because a static one would leave unmapped memory in the tree of timers. */
static struct hrtimer *timer;

static int __init lo_hrtimer_init(void)
{
	timer = kzalloc(sizeof(*timer), GFP_KERNEL);
	if (!timer)
		return -ENOMEM;
	/* One call since 6.13 (908a1d775422 "hrtimers: Introduce hrtimer_setup() ..."). */
	#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer->function = fire;
	#else
	hrtimer_setup(timer, fire, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	#endif
	hrtimer_start(timer, ktime_set(3600, 0), HRTIMER_MODE_REL);
	return 0;
}
module_init(lo_hrtimer_init);

static void __exit lo_hrtimer_exit(void)
{
}
module_exit(lo_hrtimer_exit);

MODULE_DESCRIPTION("Test: a high-resolution timer of an hour is still pending");
MODULE_LICENSE("GPL");
