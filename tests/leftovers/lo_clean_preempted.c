// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/*
 * Tasks of three priorities allocate and free, and interrupt each other while they do.
 * Since 7.0 that may happen within the tracepoint of a free, too.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#define CPUS 2

struct thing {
	struct rcu_head rcu;
	long payload;
};

static struct task_struct *threads[CPUS][3];

static void take_and_give(void)
{
	struct thing *t = kmalloc(sizeof(*t), GFP_KERNEL);

	kfree(t);
	t = kmalloc(sizeof(*t), GFP_KERNEL);
	if (t)
		kfree_rcu(t, rcu);
}

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
		take_and_give();
		cond_resched();
	}
	return 0;
}

static void stop(void)
{
	int i;

	for (i = 0; i < CPUS * 3; i++)
		if (!IS_ERR_OR_NULL(threads[i / 3][i % 3]))
			kthread_stop(threads[i / 3][i % 3]);
}

static int __init lo_clean_preempted_init(void)
{
	int cpu;
	long i;

	for_each_online_cpu(cpu) {
		for (i = 0; cpu < CPUS && i < 3; i++) {
			struct task_struct *t =
				kthread_create(worker, (void *)i, "lo_preempted/%d", cpu);

			threads[cpu][i] = t;
			if (IS_ERR(t))
				continue;
			kthread_bind(t, cpu);
			wake_up_process(t);
		}
	}
	msleep(200);
	stop();
	return 0;
}
module_init(lo_clean_preempted_init);

static void __exit lo_clean_preempted_exit(void)
{
}
module_exit(lo_clean_preempted_exit);

MODULE_DESCRIPTION("Test: frees that interrupt frees");
MODULE_LICENSE("GPL");
