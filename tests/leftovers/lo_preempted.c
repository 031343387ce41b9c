// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory 3000 allocations */
/*
 * Tasks of three priorities allocate what is never freed, and interrupt each other while
 * they do. Since 7.0 that may happen within the tracepoint of an allocation, too.
 */
#include <linux/atomic.h>
#include <linux/slab.h>

#include "preempting.h"

static atomic_t wanted = ATOMIC_INIT(3000);

static void one_turn(void)
{
	if (atomic_add_unless(&wanted, -1, 0))
		(void)!kmalloc(24, GFP_KERNEL | __GFP_NOFAIL);
	else
		usleep_range(1000, 2000);
}

static int __init lo_preempted_init(void)
{
	start_on(0);
	while (atomic_read(&wanted))
		usleep_range(1000, 2000);
	stop_all();
	return 0;
}
module_init(lo_preempted_init);

static void __exit lo_preempted_exit(void)
{
}
module_exit(lo_preempted_exit);

MODULE_DESCRIPTION("Test: allocations that interrupt allocations");
MODULE_LICENSE("GPL");
