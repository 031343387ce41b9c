// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Ways to stop a thread that are right, though its function does not always ask. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task.h>

static DECLARE_COMPLETION(begun);

static int ask_late(void *data)
{
	complete(&begun);
	msleep(50);
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

static int ask_freezable(void *data)
{
	complete(&begun);
	while (!kthread_freezable_should_stop(NULL))
		msleep(1);
	return 0;
}

/* Nothing but kthread_stop() wakes it. */
static int sleep_until_woken(void *data)
{
	set_current_state(TASK_INTERRUPTIBLE);
	complete(&begun);
	schedule();
	return 0;
}

static int park(void *data)
{
	complete(&begun);
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		else
			msleep(1);
	}
	return 0;
}

static int end_at_once(void *data)
{
	complete(&begun);
	return 0;
}

static struct task_struct *start(int (*fn)(void *data))
{
	struct task_struct *thread;

	reinit_completion(&begun);
	thread = kthread_run(fn, NULL, "lo_thread");
	if (!IS_ERR(thread))
		wait_for_completion(&begun);
	return thread;
}

static void start_and_stop(int (*fn)(void *data))
{
	struct task_struct *thread = start(fn);

	if (!IS_ERR(thread))
		kthread_stop(thread);
}

static void stop_parked(void)
{
	struct task_struct *thread = start(park);

	if (IS_ERR(thread))
		return;
	kthread_park(thread);
	kthread_stop(thread);
}

static void stop_never_woken(void)
{
	struct task_struct *thread = kthread_create(end_at_once, NULL, "lo_thread");

	if (!IS_ERR(thread))
		kthread_stop(thread);
}

/* Held: it may end when it likes. */
static void stop_held(void)
{
	struct task_struct *thread = kthread_create(end_at_once, NULL, "lo_thread");

	if (IS_ERR(thread))
		return;
	get_task_struct(thread);
	wake_up_process(thread);
	msleep(50);
	kthread_stop(thread);
	put_task_struct(thread);
}

static void stop_workers(void)
{
	static struct kthread_worker own;
	struct kthread_worker *worker;
	struct task_struct *thread;

	kthread_init_worker(&own);
	thread = kthread_run(kthread_worker_fn, &own, "lo_thread");
	if (!IS_ERR(thread)) {
		kthread_flush_worker(&own);
		kthread_stop(thread);
	}
	worker = kthread_create_worker(0, "lo_thread");
	if (!IS_ERR(worker))
		kthread_destroy_worker(worker);
}

static int __init lo_clean_threads_init(void)
{
	start_and_stop(ask_late);
	start_and_stop(ask_freezable);
	start_and_stop(sleep_until_woken);
	stop_parked();
	stop_never_woken();
	stop_held();
	stop_workers();
	return 0;
}

static void __exit lo_clean_threads_exit(void)
{
}

module_init(lo_clean_threads_init);
module_exit(lo_clean_threads_exit);
MODULE_DESCRIPTION("threads that are stopped in right ways");
MODULE_LICENSE("GPL");
