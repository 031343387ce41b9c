// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which tasks run, and which would run if there were a CPU for them: once in the kernel
 * log when the module is loaded, and at any time in /proc/tasks/running; /proc/tasks/all
 * has the rest as well.
 *
 * The list of tasks changes all the time, and a text longer than a page is read in
 * pieces. So opening a file takes a snapshot of the whole list, and reading shows the
 * snapshot.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cred.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/sort.h>

static bool all;
module_param(all, bool, 0444);
MODULE_PARM_DESC(all, "Log all tasks when loaded, not only those that run or would (N)");

struct row {
	pid_t pid, tgid;	/* in the reader's namespace */
	unsigned int cpu;	/* where it runs, or ran last */
	char state;		/* R: runs or would; the others as in ps */
	char comm[TASK_COMM_LEN];
};

struct picture {
	size_t n, room;
	struct row row[];
};

/*
 * Which tasks to list, and for which namespace of pids. A namespace has a number for each
 * task in it and in the namespaces below; other tasks have no number in it.
 */
struct view {
	bool all;
	struct pid_namespace *ns;
};

/*
 * The state is read once, here: the task may be on another CPU and change it meanwhile.
 * task_state_to_char() tells dead tasks from others, which the state alone does not.
 */
static bool look_at(struct task_struct *task, const struct view *view, struct row *row)
{
	row->state = task_state_to_char(task);
	if (!view->all && row->state != 'R')
		return false;
	row->pid = task_pid_nr_ns(task, view->ns);
	row->tgid = task_tgid_nr_ns(task, view->ns);
	row->cpu = task_cpu(task);
	get_task_comm(row->comm, task);
	return row->pid && row->tgid; /* 0: not in that namespace, or gone */
}

/*
 * One walk in one RCU section: every task that is in the list from begin to end of the
 * walk is found, and no task's memory is freed meanwhile. Returns how many there are,
 * also if there is less room.
 */
static size_t walk(const struct view *view, struct picture *picture)
{
	struct task_struct *process, *task;
	struct row row;
	size_t n = 0;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (!look_at(task, view, &row))
			continue;
		if (n < picture->room)
			picture->row[n] = row;
		n++;
	}
	rcu_read_unlock();
	picture->n = min(n, picture->room);
	return n;
}

static int by_pid(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/*
 * A thread that executes a program takes over the pid of its process, so the walk may
 * find that pid twice. One pid gets one line: the later entry counts.
 */
static void drop_doubles(struct picture *picture)
{
	size_t i, kept = 0;

	sort(picture->row, picture->n, sizeof(*picture->row), by_pid, NULL);
	for (i = 0; i < picture->n; i++) {
		if (kept && picture->row[kept - 1].pid == picture->row[i].pid)
			kept--;
		picture->row[kept++] = picture->row[i];
	}
	picture->n = kept;
}

/* Enlarges the memory until all tasks fit, even when new ones appear meanwhile. */
static struct picture *take_picture(const struct view *view)
{
	struct picture *picture;
	size_t room = 64, n;

	for (;;) {
		picture = kvmalloc(struct_size(picture, row, room), GFP_KERNEL_ACCOUNT);
		if (!picture)
			return ERR_PTR(-ENOMEM);
		picture->room = room;
		n = walk(view, picture);
		if (n <= room)
			break;
		kvfree(picture);
		if (fatal_signal_pending(current))
			return ERR_PTR(-EINTR);
		room = n + n / 4;
	}
	drop_doubles(picture);
	return picture;
}

static void *tasks_start(struct seq_file *m, loff_t *pos)
{
	struct picture *picture = m->private;

	return *pos < picture->n ? &picture->row[*pos] : NULL;
}

static void *tasks_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return tasks_start(m, pos);
}

static void tasks_stop(struct seq_file *m, void *v)
{
}

/*
 * A process chooses its own name, which may contain anything; but it must not end the
 * line.
 */
static int tasks_show(struct seq_file *m, void *v)
{
	const struct row *row = v;

	seq_printf(m, "%d %d %c %u ", row->pid, row->tgid, row->state, row->cpu);
	seq_escape(m, row->comm, "\a\b\t\n\v\f\r\033\\");
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations tasks_seq = {
	.start = tasks_start,
	.next = tasks_next,
	.stop = tasks_stop,
	.show = tasks_show,
};

static int open_view(struct file *file, bool all_of_them)
{
	struct view view = { all_of_them, task_active_pid_ns(current) };
	struct picture *picture = take_picture(&view);
	int err;

	if (IS_ERR(picture))
		return PTR_ERR(picture);
	err = seq_open(file, &tasks_seq);
	if (err) {
		kvfree(picture);
		return err;
	}
	((struct seq_file *)file->private_data)->private = picture;
	return 0;
}

static int running_open(struct inode *inode, struct file *file)
{
	return open_view(file, false);
}

static int all_open(struct inode *inode, struct file *file)
{
	return open_view(file, true);
}

static int tasks_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kvfree(m->private);
	return seq_release(inode, file);
}

static const struct proc_ops running_ops = {
	.proc_open = running_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = tasks_release,
};

static const struct proc_ops all_ops = {
	.proc_open = all_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = tasks_release,
};

/*
 * The log has readers in any namespace, so the numbers are those of the first namespace.
 */
static int log_tasks(void)
{
	struct view view = { all, &init_pid_ns };
	struct picture *picture = take_picture(&view);
	size_t i;

	if (IS_ERR(picture))
		return PTR_ERR(picture);
	for (i = 0; i < picture->n; i++) {
		const struct row *row = &picture->row[i];

		pr_info("pid %d, tgid %d, state %c, cpu %u, %*pE\n", row->pid, row->tgid,
			row->state, row->cpu, (int)strlen(row->comm), row->comm);
		cond_resched();
	}
	pr_info("%zu tasks %s\n", picture->n, all ? "in all" : "run or would");
	kvfree(picture);
	return 0;
}

static struct proc_dir_entry *dir;

/* Not everybody may see what others run; /proc itself can hide that with hidepid=. */
static int __init tasks_init(void)
{
	int err = -ENOMEM;

	dir = proc_mkdir("tasks", NULL);
	if (!dir)
		return err;
	if (proc_create("running", 0400, dir, &running_ops) &&
	    proc_create("all", 0400, dir, &all_ops))
		err = log_tasks();
	if (err)
		proc_remove(dir);
	return err;
}

/* Waits for the calls under way and ends the files that are open. */
static void __exit tasks_exit(void)
{
	proc_remove(dir);
}

module_init(tasks_init);
module_exit(tasks_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/proc/tasks: what runs, and what else there is");
MODULE_VERSION("1.0");
