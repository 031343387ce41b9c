// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/*
 * Mappings made and given back by the thousand on both CPUs, between the stacks of threads
 * that come and go: what the kernel keeps of their address ranges is its own affair. (On
 * 5.10 some of it grew in one run of six, with each life.)
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

enum { MAPPERS = 2, MAPPINGS = 15000, NEIGHBOURS = 150, TIMES = 3 };

static struct page *page;

static int wait_for_stop(void *data)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static int map_and_unmap(void *data)
{
	int i;

	for (i = 0; i < MAPPINGS; i++) {
		vunmap(vmap(&page, 1, VM_MAP, PAGE_KERNEL));
		cond_resched();
	}
	return wait_for_stop(data);
}

static void start(struct task_struct **thread, int n, int (*fn)(void *data))
{
	int i;

	for (i = 0; i < n; i++)
		thread[i] = kthread_run(fn, NULL, "lo_vmap/%d", i);
}

static void stop(struct task_struct **thread, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (!IS_ERR(thread[i]))
			kthread_stop(thread[i]);
}

static int __init lo_clean_vmap_init(void)
{
	static struct task_struct *mapper[MAPPERS], *neighbour[NEIGHBOURS];
	int i;

	page = alloc_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	start(mapper, MAPPERS, map_and_unmap);
	for (i = 0; i < TIMES; i++) {
		start(neighbour, NEIGHBOURS, wait_for_stop);
		stop(neighbour, NEIGHBOURS);
	}
	stop(mapper, MAPPERS);
	__free_page(page);
	return 0;
}

static void __exit lo_clean_vmap_exit(void)
{
}

module_init(lo_clean_vmap_init);
module_exit(lo_clean_vmap_exit);
MODULE_DESCRIPTION("maps and unmaps by the thousand");
MODULE_LICENSE("GPL");
