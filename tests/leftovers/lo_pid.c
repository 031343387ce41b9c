// SPDX-License-Identifier: GPL-2.0-only
/* expect: pid reference (again) */
/* A reference to the number of the task that loaded it */
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>

static struct pid *pid;

static int __init lo_pid_init(void)
{
	pid = get_pid(task_pid(current));
	return 0;
}
module_init(lo_pid_init);

static void __exit lo_pid_exit(void)
{
}
module_exit(lo_pid_exit);

MODULE_DESCRIPTION("Test: a reference to the number of the task that loaded it");
MODULE_LICENSE("GPL");
