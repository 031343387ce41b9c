// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* What runs in the kernel's threads or is registered leaves old addresses in many places */
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kdebug.h>
#include <linux/kmsg_dump.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/tracepoint.h>
#include <linux/version.h>
#include <linux/workqueue.h>

struct thing {
	struct rcu_head rcu;
	void (*function)(void);
};

static void work(struct work_struct *w)
{
	msleep(1);
}
static DECLARE_WORK(on_cpu, work);
static DECLARE_WORK(unbound, work);
static DECLARE_DELAYED_WORK(delayed, work);

static void fire(struct timer_list *t)
{
}
static DEFINE_TIMER(timer, fire);

static int thread(void *data)
{
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

static int died(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}
static struct notifier_block block = { .notifier_call = died };

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
static void dump(struct kmsg_dumper *dumper, struct kmsg_dump_detail *detail)
#else
static void dump(struct kmsg_dumper *dumper, enum kmsg_dump_reason reason)
#endif
{
}
static struct kmsg_dumper dumper = { .dump = dump };

static int came_up(unsigned int cpu)
{
	return 0;
}

static void exits(void *data, struct task_struct *task)
{
}
static struct tracepoint *point;

static void choose(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "sched_process_exit"))
		point = tp;
}

static void run_everything(void)
{
	struct task_struct *task = kthread_run(thread, NULL, "lo_clean_pointers");
	int i;

	for (i = 0; i < 3; i++) {
		schedule_work_on(0, &on_cpu);
		queue_work(system_unbound_wq, &unbound);
		schedule_delayed_work(&delayed, 1);
		mod_timer(&timer, jiffies + 1);
		msleep(20);
	}
	flush_work(&on_cpu);
	flush_work(&unbound);
	flush_delayed_work(&delayed);
	if (!IS_ERR(task))
		kthread_stop(task);
}

static void forget_later(void)
{
	struct thing *thing = kzalloc(sizeof(*thing), GFP_KERNEL);

	if (!thing)
		return;
	thing->function = forget_later;
	kfree_rcu(thing, rcu);
}

static int state;

static int __init lo_clean_pointers_init(void)
{
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "lo_clean_pointers", came_up, NULL);
	if (state < 0)
		return state;
	register_die_notifier(&block);
	kmsg_dump_register(&dumper);
	for_each_kernel_tracepoint(choose, NULL);
	if (point && tracepoint_probe_register(point, exits, NULL))
		point = NULL;
	run_everything();
	return 0;
}
module_init(lo_clean_pointers_init);

static void __exit lo_clean_pointers_exit(void)
{
	if (point)
		tracepoint_probe_unregister(point, exits, NULL);
	tracepoint_synchronize_unregister();
	kmsg_dump_unregister(&dumper);
	unregister_die_notifier(&block);
	cpuhp_remove_state(state);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	timer_delete_sync(&timer);
#else
	del_timer_sync(&timer);
#endif
	forget_later();
}
module_exit(lo_clean_pointers_exit);

MODULE_DESCRIPTION("Test: old addresses in many places");
MODULE_LICENSE("GPL");
