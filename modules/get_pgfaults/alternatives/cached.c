// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: asks once, when it is loaded, and shows that number for ever.
 *
 * expect:
 *	outcome=test-failed
 *	test=counts.c
 *	says=the total lies between pgfault
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmstat.h>

static unsigned long total;

static int faults_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%lu\n", total);
	return 0;
}

static int __init faults_init(void)
{
	unsigned long *events = kcalloc(NR_VM_EVENT_ITEMS, sizeof(*events), GFP_KERNEL);

	if (!events)
		return -ENOMEM;
	all_vm_events(events);
	total = events[PGFAULT];
	kfree(events);
	return proc_create_single("get_pgfaults", 0444, NULL, faults_show) ? 0 : -ENOMEM;
}
module_init(faults_init);

static void __exit faults_exit(void)
{
	remove_proc_entry("get_pgfaults", NULL);
}
module_exit(faults_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/get_pgfaults, wrong: asked once");
