/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * On each of some CPUs three tasks of different priorities, which call what the module
 * defines as one_turn() again and again and interrupt each other while they do.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

#define TASKS 3

static struct task_struct *threads[2 * TASKS];

static void one_turn(void);

static int worker(void *priority)
{
	long wait = (long)priority;

	if (wait == 1)
		sched_set_fifo_low(current);
	else if (wait == 2)
		sched_set_fifo(current);
	while (!kthread_should_stop()) {
		if (wait)
			usleep_range(20 * wait, 40 * wait);
		one_turn();
		cond_resched();
	}
	return 0;
}

static void start_on(int cpu)
{
	long i;

	for (i = 0; i < TASKS; i++) {
		struct task_struct *t =
			kthread_create(worker, (void *)i, "lo_preempting/%d", cpu);

		threads[cpu * TASKS + i] = t;
		if (IS_ERR(t))
			continue;
		kthread_bind(t, cpu);
		wake_up_process(t);
	}
}

static void stop_all(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		if (!IS_ERR_OR_NULL(threads[i]))
			kthread_stop(threads[i]);
}
