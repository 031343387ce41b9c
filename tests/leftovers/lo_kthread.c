// SPDX-License-Identifier: GPL-2.0-only
/* expect: kthread lo_kthread */
/* A kernel thread is left asleep */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

static int sleeper(void *unused)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static int __init lo_kthread_init(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(sleeper, NULL, "lo_kthread"));
}
module_init(lo_kthread_init);

static void __exit lo_kthread_exit(void)
{
}
module_exit(lo_kthread_exit);

MODULE_DESCRIPTION("Test: a kernel thread is left asleep");
MODULE_LICENSE("GPL");
