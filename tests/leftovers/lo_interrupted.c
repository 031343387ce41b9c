// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_interrupted_init (again) */
/*
 * One allocation is never freed, among thousands that are, in a task and in the interrupts
 * of a timer, which come while the task frees.
 */
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/version.h>

static struct hrtimer timer;

static void some_turns(gfp_t gfp)
{
	int i;

	for (i = 0; i < 20; i++)
		kfree(kmalloc(24, gfp));
}

static enum hrtimer_restart fire(struct hrtimer *t)
{
	some_turns(GFP_ATOMIC);
	hrtimer_forward_now(t, ns_to_ktime(200 * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

static int __init lo_interrupted_init(void)
{
	unsigned long end = jiffies + msecs_to_jiffies(100);

	if (!kmalloc(48, GFP_KERNEL))
		return -ENOMEM;
	/* One call since 6.13 (908a1d775422 "hrtimers: Introduce hrtimer_setup() ..."). */
	#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = fire;
	#else
	hrtimer_setup(&timer, fire, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	#endif
	hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
	while (time_before(jiffies, end)) {
		some_turns(GFP_KERNEL);
		cond_resched();
	}
	hrtimer_cancel(&timer);
	return 0;
}
module_init(lo_interrupted_init);

static void __exit lo_interrupted_exit(void)
{
}
module_exit(lo_interrupted_exit);

MODULE_DESCRIPTION("Test: frees that are interrupted by frees hide no leak");
MODULE_LICENSE("GPL");
