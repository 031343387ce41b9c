// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/get_pgfaults: how many page faults there have been since boot.
 *
 * The kernel counts events of the memory manager separately on each CPU, so that counting
 * costs no more than an addition to memory that no other CPU touches. To get the number,
 * the CPUs have to be added up; all_vm_events() does that for all events at once.
 */
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/mm.h> /* linux/vmstat.h of 6.1 uses its types without including it */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmstat.h>

static struct proc_dir_entry *pgfaults_entry;

/*
 * PGFAULT counts every fault that the memory manager had to handle, PGMAJFAULT those
 * for which a page had to be read from a disk: a part of the first, not to be added to
 * it. The CPUs go on counting while they are added up, and some that count as major are
 * no faults, as when read(2) brings a page of tmpfs back from swap: the difference of
 * the two must not be trusted to be positive.
 */
static void print_faults(struct seq_file *m, const unsigned long *events)
{
	unsigned long total = events[PGFAULT];
	unsigned long major = min(total, events[PGMAJFAULT]);

	seq_printf(m, "%lu\n", total);
	seq_printf(m, "minor %lu\n", total - major);
	seq_printf(m, "major %lu\n", major);
}

/*
 * Runs in the process that reads, once for each read from the start. It may sleep, and
 * it must: all_vm_events() keeps CPUs from coming and going by a lock that sleeps, and
 * the counters, about a kilobyte, are too many for a stack of 16 KiB that others use as
 * well. seq_file keeps the text, so a reader of single bytes gets the numbers of one
 * moment; the text is far below the page that seq_file begins with, so it never has to
 * start over.
 */
static int pgfaults_show(struct seq_file *m, void *unused)
{
	unsigned long *events;

	events = kmalloc_array(NR_VM_EVENT_ITEMS, sizeof(*events), GFP_KERNEL);
	if (!events)
		return -ENOMEM; /* this is what read(2) returns then */
	all_vm_events(events);
	print_faults(m, events);
	kfree(events);
	return 0;
}

/* The entry has no data; an open file has the seq_file, which single_release() frees. */
static int pgfaults_open(struct inode *inode, struct file *file)
{
	return single_open(file, pgfaults_show, NULL);
}

/* .proc_lseek must be there: recent kernels call it without checking for NULL. */
static const struct proc_ops pgfaults_ops = {
	.proc_open = pgfaults_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init pgfaults_init(void)
{
	pgfaults_entry = proc_create("get_pgfaults", 0444, NULL, &pgfaults_ops);
	if (!pgfaults_entry)
		return -ENOMEM;
	return 0;
}

/*
 * An open /proc file does not keep its module loaded. proc_remove() waits for the calls
 * that are inside the functions above, then releases each file that is still open.
 * After it, reading such a file fails with EIO and none of this code runs.
 */
static void __exit pgfaults_exit(void)
{
	proc_remove(pgfaults_entry);
}

module_init(pgfaults_init);
module_exit(pgfaults_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/proc/get_pgfaults: the number of page faults since boot");
MODULE_VERSION("1.0");
