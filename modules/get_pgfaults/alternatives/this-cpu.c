// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the counter of the CPU that happens to run the reader. It grows, and on a
 * machine with one CPU it is even right.
 *
 * expect:
 *	outcome=test-failed
 *	test=counts.c
 *	says=(the total lies between pgfault|fresh pages touched on CPU . count, read on CPU)
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/vmstat.h>

static int faults_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%lu\n", raw_cpu_read(vm_event_states.event[PGFAULT]));
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
MODULE_DESCRIPTION("/proc/get_pgfaults, wrong: of one CPU");
