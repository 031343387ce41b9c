// SPDX-License-Identifier: GPL-2.0-only
/* expect: work */
/* Delayed work of an hour is still pending */
#include <linux/module.h>
#include <linux/workqueue.h>

static void work_fn(struct work_struct *w)
{
}
static DECLARE_DELAYED_WORK(work, work_fn);

static int __init lo_delayed_work_init(void)
{
	schedule_delayed_work(&work, 3600 * HZ);
	return 0;
}
module_init(lo_delayed_work_init);

static void __exit lo_delayed_work_exit(void)
{
}
module_exit(lo_delayed_work_exit);

MODULE_DESCRIPTION("Test: delayed work of an hour is still pending");
MODULE_LICENSE("GPL");
