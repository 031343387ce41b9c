// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/*
 * Tasks of three priorities allocate and free, and interrupt each other while they do.
 * Since 7.0 that may happen within the tracepoint of a free, too.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "preempting.h"

struct thing {
	struct rcu_head rcu;
	long payload;
};

static void one_turn(void)
{
	struct thing *t = kmalloc(sizeof(*t), GFP_KERNEL);

	kfree(t);
	t = kmalloc(sizeof(*t), GFP_KERNEL);
	if (t)
		kfree_rcu(t, rcu);
}

static int __init lo_clean_preempted_init(void)
{
	int cpu;

	for (cpu = 0; cpu < 2; cpu++)
		if (cpu_online(cpu))
			start_on(cpu);
	msleep(200);
	stop_all();
	return 0;
}
module_init(lo_clean_preempted_init);

static void __exit lo_clean_preempted_exit(void)
{
}
module_exit(lo_clean_preempted_exit);

MODULE_DESCRIPTION("Test: frees that interrupt frees");
MODULE_LICENSE("GPL");
