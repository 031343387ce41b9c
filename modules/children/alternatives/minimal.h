/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/children by other means: the file keeps the question and not the answer, which
 * is made when it is read. Right unless a macro says otherwise.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>

#ifndef IS_CHILD /* of any thread of the parent */
#define IS_CHILD(child, parent) \
	same_thread_group(rcu_dereference((child)->real_parent), parent)
#endif
#ifndef NUMBER /* as the reader knows it */
#define NUMBER(child, ns) task_pid_nr_ns(child, ns)
#endif

/* The list is made anew for each read from the start, in one go. */
static int show(struct seq_file *m, void *v)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct task_struct *child, *parent = get_pid_task(m->private, PIDTYPE_PID);
	char comm[TASK_COMM_LEN];

	if (!parent)
		return -ESRCH;
	rcu_read_lock();
	for_each_process(child) {
		if (!IS_CHILD(child, parent) || !task_pid_nr_ns(child, ns))
			continue;
		get_task_comm(comm, child);
		seq_printf(m, "%d %c ", NUMBER(child, ns), task_state_to_char(child));
		seq_escape(m, comm, "\a\b\t\n\v\f\r\033\\");
		seq_putc(m, '\n');
	}
	rcu_read_unlock();
	put_task_struct(parent);
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return single_open(file, show, get_task_pid(current, PIDTYPE_PID));
}

static ssize_t write(struct file *file, const char __user *buf, size_t n, loff_t *pos)
{
	struct seq_file *m = file->private_data;
	struct task_struct *task;
	struct pid *id, *old;
	int number, err = kstrtoint_from_user(buf, n, 10, &number);

	if (err || number <= 0)
		return err ?: -EINVAL;
	id = find_get_pid(number);
	task = get_pid_task(id, PIDTYPE_PID);
	if (!task) {
		put_pid(id);
		return -ESRCH;
	}
	put_task_struct(task);
	mutex_lock(&m->lock);
	old = m->private;
	m->private = id;
	mutex_unlock(&m->lock);
	put_pid(old);
	*pos = 0;
	return n;
}

static int release(struct inode *inode, struct file *file)
{
	put_pid(((struct seq_file *)file->private_data)->private);
	return single_release(inode, file);
}

static const struct proc_ops ops = {
	.proc_open = open,
	.proc_read = seq_read,
	.proc_write = write,
	.proc_lseek = seq_lseek,
	.proc_release = release,
};

static int __init list_init(void)
{
	return proc_create("children", 0600, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(list_init);

static void __exit list_exit(void)
{
	remove_proc_entry("children", NULL);
}
module_exit(list_exit);

MODULE_LICENSE("GPL");
