// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much a process has: address space that is allocated, and memory that is mapped
 * there. In the kernel log when the module is loaded with pid=, and at any time through
 * /proc/footprint: write a pid, read the answer. walk.c does the counting.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/proc_fs.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "walk.h"

static int pid;
module_param(pid, int, 0444);
MODULE_PARM_DESC(pid, "Log the footprint of this process when loaded (0: of none)");

/* What an open file is about. */
struct question {
	struct pid *pid;
	struct footprint count;
};

/*
 * This tells as much as /proc/PID/smaps, for which the reader must be allowed to trace
 * the process. That check is not exported to modules, so here the right to trace any
 * process is required.
 */
static int footprint_of(struct pid *id, struct footprint *count)
{
	struct task_struct *task = get_pid_task(id, PIDTYPE_PID);
	struct mm_struct *mm;
	int err = -EPERM;

	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return -EINVAL;
	if (mm == current->mm || capable(CAP_SYS_PTRACE))
		err = footprint_walk(mm, count);
	mmput(mm);
	return err;
}

static void show_line(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%s %lu\n", name, pages << PAGE_SHIFT);
}

/* The text is far below the page that seq_file begins with, so it is made only once. */
static int footprint_show(struct seq_file *m, void *unused)
{
	struct question *q = m->private;
	int err = footprint_of(q->pid, &q->count);

	if (err)
		return err;
	show_line(m, "virtual", q->count.virtual);
	show_line(m, "resident", q->count.resident);
	show_line(m, "hugetlb", q->count.hugetlb);
	show_line(m, "zero", q->count.zero);
	show_line(m, "device", q->count.device);
	show_line(m, "swapped", q->count.swapped);
	return 0;
}

/* Until something is written: about the process that opens. */
static int footprint_open(struct inode *inode, struct file *file)
{
	struct question *q = kzalloc(sizeof(*q), GFP_KERNEL_ACCOUNT);
	int err;

	if (!q)
		return -ENOMEM;
	q->pid = get_task_pid(current, PIDTYPE_PID);
	err = single_open(file, footprint_show, q);
	if (err) {
		put_pid(q->pid);
		kfree(q);
	}
	return err;
}

/*
 * One write, one pid. A refused write leaves the question as it was. Otherwise the
 * position is put back to the start, so that the next read gives the new answer.
 */
static ssize_t footprint_write(struct file *file, const char __user *buf, size_t n,
			       loff_t *ppos)
{
	struct seq_file *m = file->private_data;
	struct question *q = m->private;
	struct task_struct *task;
	struct pid *id;
	pid_t number;
	int err = kstrtoint_from_user(buf, n, 10, &number);

	if (err)
		return err;
	if (number <= 0)
		return -EINVAL;
	id = find_get_pid(number);
	task = get_pid_task(id, PIDTYPE_PID);
	if (!task) {
		put_pid(id);
		return -ESRCH;
	}
	put_task_struct(task);
	mutex_lock(&m->lock); /* a read of the same file may be running */
	swap(q->pid, id);
	mutex_unlock(&m->lock);
	put_pid(id);
	*ppos = 0;
	return n;
}

static int footprint_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;
	struct question *q = m->private;

	put_pid(q->pid);
	kfree(q);
	return single_release(inode, file);
}

static const struct proc_ops footprint_ops = {
	.proc_open = footprint_open,
	.proc_read = seq_read,
	.proc_write = footprint_write,
	.proc_lseek = seq_lseek,
	.proc_release = footprint_release,
};

static int log_footprint(void)
{
	struct footprint count;
	struct pid *id;
	int err;

	if (!pid)
		return 0;
	id = find_get_pid(pid);
	err = footprint_of(id, &count);
	put_pid(id);
	if (err)
		pr_err("pid=%d: error %d\n", pid, err);
	else
		pr_info("pid %d: virtual %lu bytes, resident %lu bytes\n", pid,
			count.virtual << PAGE_SHIFT, count.resident << PAGE_SHIFT);
	return err;
}

static struct proc_dir_entry *entry;

static int __init footprint_init(void)
{
	int err = log_footprint();

	if (err)
		return err;
	entry = proc_create("footprint", 0600, NULL, &footprint_ops);
	return entry ? 0 : -ENOMEM;
}

/* Waits for the calls under way and ends the files that are open. */
static void __exit footprint_exit(void)
{
	proc_remove(entry);
}

module_init(footprint_init);
module_exit(footprint_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/proc/footprint: address space and memory of a process");
MODULE_VERSION("1.0");
