// SPDX-License-Identifier: GPL-2.0-only
/*
 * The children of a process, with their states: those that any of its threads has forked,
 * and orphans that it was given. In the kernel log when the module is loaded with pid=,
 * and at any time through /proc/children: write a pid, read the answer.
 *
 * The kernel keeps a list of each task's children, but the lock of these lists is not for
 * modules, and without it they cannot be followed. Each task knows its parent, though,
 * and the list of all tasks may be walked under RCU: so every process is asked.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>

static int pid;
module_param(pid, int, 0444);
MODULE_PARM_DESC(pid, "Log the children of this process when loaded (0: of none)");

struct row {
	pid_t pid;		/* in the namespace of the caller */
	char state;		/* the letters of ps */
	char comm[TASK_COMM_LEN];
};

struct picture {
	size_t n, room;
	struct row row[];
};

/*
 * One walk in one RCU section. Only processes have parents of their own: a thread shares
 * that of its process. real_parent may be any thread of the process that forked; threads
 * of one process are recognised by the signal handling that they share.
 */
static size_t walk(const struct task_struct *parent, struct pid_namespace *ns,
		   struct picture *picture)
{
	struct task_struct *child;
	size_t n = 0;

	rcu_read_lock();
	for_each_process(child) {
		struct row row = { .pid = task_pid_nr_ns(child, ns) };

		if (rcu_dereference(child->real_parent)->signal != parent->signal ||
		    !row.pid)
			continue;
		if (n++ >= picture->room)
			continue;
		row.state = task_state_to_char(child);
		get_task_comm(row.comm, child);
		picture->row[n - 1] = row;
	}
	rcu_read_unlock();
	picture->n = min(n, picture->room);
	return n;
}

/* Enlarges the memory until all children fit, even when new ones are forked meanwhile. */
static struct picture *take_picture(const struct task_struct *parent,
				    struct pid_namespace *ns)
{
	struct picture *picture;
	size_t room = 16, n;

	for (;;) {
		picture = kvmalloc(struct_size(picture, row, room), GFP_KERNEL_ACCOUNT);
		if (!picture)
			return ERR_PTR(-ENOMEM);
		picture->room = room;
		n = walk(parent, ns, picture);
		if (n <= room)
			return picture;
		kvfree(picture);
		if (fatal_signal_pending(current))
			return ERR_PTR(-EINTR);
		room = n + n / 4;
	}
}

/*
 * For a process given by its pid or by that of any of its threads, in the caller's
 * namespace.
 */
static struct picture *picture_of(pid_t number)
{
	struct pid *id = find_get_pid(number);
	struct task_struct *parent = get_pid_task(id, PIDTYPE_PID);
	struct picture *picture;

	put_pid(id);
	if (!parent)
		return ERR_PTR(-ESRCH);
	picture = take_picture(parent, task_active_pid_ns(current));
	put_task_struct(parent);
	return picture;
}

static void *children_start(struct seq_file *m, loff_t *pos)
{
	struct picture *picture = m->private;

	return *pos < picture->n ? &picture->row[*pos] : NULL;
}

static void *children_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return children_start(m, pos);
}

static void children_stop(struct seq_file *m, void *v)
{
}

/*
 * A process chooses its own name, which may contain anything; but it must not end the
 * line.
 */
static int children_show(struct seq_file *m, void *v)
{
	const struct row *row = v;

	seq_printf(m, "%d %c ", row->pid, row->state);
	seq_escape(m, row->comm, "\a\b\t\n\v\f\r\033\\");
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations children_seq = {
	.start = children_start,
	.next = children_next,
	.stop = children_stop,
	.show = children_show,
};

/* Until something is written: the children of the process that opens. */
static int children_open(struct inode *inode, struct file *file)
{
	struct picture *picture;
	int err;

	picture = take_picture(current, task_active_pid_ns(current));
	if (IS_ERR(picture))
		return PTR_ERR(picture);
	err = seq_open(file, &children_seq);
	if (err) {
		kvfree(picture);
		return err;
	}
	((struct seq_file *)file->private_data)->private = picture;
	return 0;
}

/*
 * One write, one pid. A refused write leaves the last answer as it is. Otherwise the
 * position is put back to the start, so that the next read begins with the new answer.
 */
static ssize_t children_write(struct file *file, const char __user *buf, size_t n,
			      loff_t *ppos)
{
	struct seq_file *m = file->private_data;
	struct picture *picture, *old;
	pid_t number;
	int err;

	err = kstrtoint_from_user(buf, n, 10, &number);
	if (err)
		return err;
	if (number <= 0)
		return -EINVAL;
	picture = picture_of(number);
	if (IS_ERR(picture))
		return PTR_ERR(picture);
	mutex_lock(&m->lock); /* a read of the same file may be running */
	old = m->private;
	m->private = picture;
	mutex_unlock(&m->lock);
	kvfree(old);
	*ppos = 0;
	return n;
}

static int children_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kvfree(m->private);
	return seq_release(inode, file);
}

static const struct proc_ops children_ops = {
	.proc_open = children_open,
	.proc_read = seq_read,
	.proc_write = children_write,
	.proc_lseek = seq_lseek,
	.proc_release = children_release,
};

static int log_children(void)
{
	struct picture *picture;
	size_t i;

	if (pid < 0)
		return -EINVAL;
	if (!pid)
		return 0;
	picture = picture_of(pid);
	if (IS_ERR(picture))
		return PTR_ERR(picture);
	for (i = 0; i < picture->n; i++) {
		const struct row *row = &picture->row[i];

		pr_info("pid %d, state %c, %*pE\n", row->pid, row->state,
			(int)strlen(row->comm), row->comm);
		cond_resched();
	}
	pr_info("%zu children of %d\n", picture->n, pid);
	kvfree(picture);
	return 0;
}

static struct proc_dir_entry *entry;

static int __init children_init(void)
{
	int err = log_children();

	if (err) {
		pr_err("pid=%d: no such process\n", pid);
		return err;
	}
	entry = proc_create("children", 0600, NULL, &children_ops);
	return entry ? 0 : -ENOMEM;
}

/* Waits for the calls under way and ends the files that are open. */
static void __exit children_exit(void)
{
	proc_remove(entry);
}

module_init(children_init);
module_exit(children_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/proc/children: the children of a process, and their states");
MODULE_VERSION("1.0");
