/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/get_pgfaults with the total alone. Right, unless the file that includes this
 * defines the macro below first.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmstat.h>

#ifndef TOTAL /* of an array of all events, summed up over all CPUs */
#define TOTAL(events) ((events)[PGFAULT])
#endif

static int faults_show(struct seq_file *m, void *v)
{
	unsigned long *events = kcalloc(NR_VM_EVENT_ITEMS, sizeof(*events), GFP_KERNEL);

	if (!events)
		return -ENOMEM;
	all_vm_events(events);
	seq_printf(m, "%lu\n", TOTAL(events));
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
