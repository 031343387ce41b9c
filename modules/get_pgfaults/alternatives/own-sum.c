// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, another way: adds up the counters of the CPUs itself, one event only, without
 * memory of its own and without seq_file; and prints the total alone, as the document
 * does. A CPU that goes offline hands its counts to another, so the CPUs must not
 * change meanwhile.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/cpu.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/vmstat.h>

static unsigned long faults(void)
{
	unsigned long sum = 0;
	int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		sum += READ_ONCE(per_cpu(vm_event_states, cpu).event[PGFAULT]);
	cpus_read_unlock();
	return sum;
}

/* The open file's private_data is the number, taken when a read begins at the start. */
static ssize_t own_sum_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	char text[32];
	int len;

	if (*ppos == 0)
		file->private_data = (void *)faults();
	len = scnprintf(text, sizeof(text), "%lu\n", (unsigned long)file->private_data);
	return simple_read_from_buffer(buf, n, ppos, text, len);
}

static const struct proc_ops ops = {
	.proc_read = own_sum_read,
	.proc_lseek = default_llseek,
};

static int __init own_sum_init(void)
{
	return proc_create("get_pgfaults", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(own_sum_init);

static void __exit own_sum_exit(void)
{
	remove_proc_entry("get_pgfaults", NULL);
}
module_exit(own_sum_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/get_pgfaults from the counters themselves");
