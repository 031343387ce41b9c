// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Timers and work of every kind: cancelled, expired, or done */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

/* The name of 6.2; the old one went in 6.15 (8fa7292fee5c "treewide: Switch/rename ..."). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define timer_delete_sync del_timer_sync
#endif

static void tick(struct timer_list *t);
static DEFINE_TIMER(periodic, tick);
static DEFINE_TIMER(cancelled, tick);
static DEFINE_TIMER(expired, tick);
static bool stopping;
static void tick(struct timer_list *t)
{
	if (t == &periodic && !READ_ONCE(stopping))
		mod_timer(&periodic, jiffies + 1);
}

static struct hrtimer high, high_once;
static enum hrtimer_restart high_tick(struct hrtimer *t)
{
	hrtimer_forward_now(t, ms_to_ktime(2));
	return HRTIMER_RESTART;
}

static enum hrtimer_restart once(struct hrtimer *t)
{
	return HRTIMER_NORESTART;
}

static void work_fn(struct work_struct *w)
{
}
static DECLARE_WORK(work, work_fn);
static DECLARE_DELAYED_WORK(delayed, work_fn);
static DECLARE_DELAYED_WORK(delayed_short, work_fn);
static struct workqueue_struct *queue;
static struct task_struct *thread;

static int sleeper(void *unused)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static int __init lo_clean_deferred_init(void)
{
	queue = alloc_workqueue("lo_clean", WQ_UNBOUND, 0);
	if (!queue)
		return -ENOMEM;
	thread = kthread_run(sleeper, NULL, "lo_clean_thread");
	mod_timer(&periodic, jiffies + 1);
	mod_timer(&cancelled, jiffies + 100 * HZ);
	mod_timer(&expired, jiffies + 1);
	#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(&high, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	high.function = high_tick;
	hrtimer_init(&high_once, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	high_once.function = once;
	#else
	hrtimer_setup(&high, high_tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_setup(&high_once, once, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	#endif
	hrtimer_start(&high, ms_to_ktime(2), HRTIMER_MODE_REL);
	hrtimer_start(&high_once, ms_to_ktime(2), HRTIMER_MODE_REL);
	queue_work(queue, &work);
	queue_delayed_work(queue, &delayed, 100 * HZ);
	schedule_delayed_work(&delayed_short, 1);
	msleep(20);
	return 0;
}
module_init(lo_clean_deferred_init);

static void __exit lo_clean_deferred_exit(void)
{
	WRITE_ONCE(stopping, true);
	timer_delete_sync(&periodic);
	timer_delete_sync(&cancelled);
	timer_delete_sync(&expired);
	hrtimer_cancel(&high);
	hrtimer_cancel(&high_once);
	cancel_delayed_work_sync(&delayed);
	cancel_delayed_work_sync(&delayed_short);
	destroy_workqueue(queue);
	if (!IS_ERR(thread))
		kthread_stop(thread);
}
module_exit(lo_clean_deferred_exit);

MODULE_DESCRIPTION("Test: timers and work of every kind: cancelled, expired, or done");
MODULE_LICENSE("GPL");
