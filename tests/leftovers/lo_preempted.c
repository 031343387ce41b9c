// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory 3000 allocations */
/*
 * Tasks of three priorities allocate what is never freed, and interrupt each other while
 * they do. Since 7.0 that may happen within the tracepoint of an allocation, too.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

static struct task_struct *threads[3];
static atomic_t wanted = ATOMIC_INIT(3000);

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
		if (atomic_add_unless(&wanted, -1, 0))
			(void)!kmalloc(24, GFP_KERNEL | __GFP_NOFAIL);
		else
			usleep_range(1000, 2000);
		cond_resched();
	}
	return 0;
}

static int __init lo_preempted_init(void)
{
	long i;

	for (i = 0; i < 3; i++) {
		threads[i] = kthread_create(worker, (void *)i, "lo_preempted");
		if (IS_ERR(threads[i]))
			continue;
		kthread_bind(threads[i], 0);
		wake_up_process(threads[i]);
	}
	while (atomic_read(&wanted))
		usleep_range(1000, 2000);
	for (i = 0; i < 3; i++)
		if (!IS_ERR(threads[i]))
			kthread_stop(threads[i]);
	return 0;
}
module_init(lo_preempted_init);

static void __exit lo_preempted_exit(void)
{
}
module_exit(lo_preempted_exit);

MODULE_DESCRIPTION("Test: allocations that interrupt allocations");
MODULE_LICENSE("GPL");
