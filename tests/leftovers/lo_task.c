// SPDX-License-Identifier: GPL-2.0-only
/* expect: task reference (again) */
/* A reference to the task that loaded it */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

static struct task_struct *task;

static int __init lo_task_init(void)
{
	task = current;
	get_task_struct(task);
	return 0;
}
module_init(lo_task_init);

static void __exit lo_task_exit(void)
{
}
module_exit(lo_task_exit);

MODULE_DESCRIPTION("Test: a reference to the task that loaded it");
MODULE_LICENSE("GPL");
