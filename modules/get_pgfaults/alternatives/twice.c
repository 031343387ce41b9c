// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: adds the major faults to the total, which has them in it. Nobody sees it on a
 * machine that has not read anything from its disk yet.
 *
 * expect:
 *	outcome=test-failed
 *	test=counts.c
 *	says=major faults are in the total, once
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmstat.h>

static int faults_show(struct seq_file *m, void *v)
{
	unsigned long *events = kcalloc(NR_VM_EVENT_ITEMS, sizeof(*events), GFP_KERNEL);

	if (!events)
		return -ENOMEM;
	all_vm_events(events);
	seq_printf(m, "%lu\n", events[PGFAULT] + events[PGMAJFAULT]);
	kfree(events);
	return 0;
}

static int __init faults_init(void)
{
	return proc_create_single("get_pgfaults", 0444, NULL, faults_show) ? 0 : -ENOMEM;
}
module_init(faults_init);

static void __exit faults_exit(void)
{
	remove_proc_entry("get_pgfaults", NULL);
}
module_exit(faults_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/get_pgfaults, wrong: major faults twice");
