// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_workqueue_init (again) */
/* A work queue without a rescuer, whose thread would be seen */
#include <linux/module.h>
#include <linux/workqueue.h>

static struct workqueue_struct *queue;

static int __init lo_workqueue_init(void)
{
	queue = alloc_workqueue("lo_workqueue", WQ_UNBOUND, 0);
	return queue ? 0 : -ENOMEM;
}
module_init(lo_workqueue_init);

static void __exit lo_workqueue_exit(void)
{
}
module_exit(lo_workqueue_exit);

MODULE_DESCRIPTION("Test: a work queue without a rescuer, whose thread would be seen");
MODULE_LICENSE("GPL");
