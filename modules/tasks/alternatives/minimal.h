/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/tasks by other means: all lines are made in one go, in one RCU section;
 * seq_file does it again with more memory until all of them fit. Right unless a macro
 * says otherwise.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/init.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>

#ifndef EVERYBODY /* sees only his namespace of pids */
#define EVERYBODY 0
#endif

static void show(struct seq_file *m, struct task_struct *task, bool all)
{
	char state = task_state_to_char(task), comm[TASK_COMM_LEN];
	struct pid_namespace *ns = task_active_pid_ns(current);
	pid_t pid = task_pid_nr_ns(task, ns), tgid = task_tgid_nr_ns(task, ns);

	if (EVERYBODY) {
		pid = task->pid;
		tgid = task->tgid;
	}
	if (!pid || !tgid || (!all && state != 'R'))
		return;
	get_task_comm(comm, task);
	seq_printf(m, "%d %d %c %u ", pid, tgid, state, task_cpu(task));
	seq_escape(m, comm, "\a\b\t\n\v\f\r\033\\");
	seq_putc(m, '\n');
}

#ifndef BY_STEPS /* its place in the list is a number of steps */
static int walk(struct seq_file *m, void *v)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process_thread(process, task)
		show(m, task, m->private);
	rcu_read_unlock();
	return 0;
}

static bool make_files(struct proc_dir_entry *dir)
{
	return proc_create_single_data("running", 0400, dir, walk, NULL) &&
	       proc_create_single_data("all", 0400, dir, walk, dir);
}
#else
/* As many steps as it was last time. */
static void *start(struct seq_file *m, loff_t *pos)
{
	struct task_struct *process, *task;
	loff_t left = *pos;

	rcu_read_lock();
	for_each_process_thread(process, task)
		if (!left--)
			return task;
	return NULL;
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	rcu_read_unlock();
	return start(m, pos);
}

static void stop(struct seq_file *m, void *v)
{
	rcu_read_unlock();
}

static int show_running(struct seq_file *m, void *v)
{
	show(m, v, false);
	return 0;
}

static int show_all(struct seq_file *m, void *v)
{
	show(m, v, true);
	return 0;
}

static const struct seq_operations running = {start, stop, next, show_running};
static const struct seq_operations everybody = {start, stop, next, show_all};

static bool make_files(struct proc_dir_entry *dir)
{
	return proc_create_seq("running", 0400, dir, &running) &&
	       proc_create_seq("all", 0400, dir, &everybody);
}
#endif

static struct proc_dir_entry *dir;

static int __init list_init(void)
{
	struct task_struct *process, *task;

	dir = proc_mkdir("tasks", NULL);
	if (!dir)
		return -ENOMEM;
	if (!make_files(dir)) {
		proc_remove(dir);
		return -ENOMEM;
	}
	rcu_read_lock();
	for_each_process_thread(process, task)
		if (task_state_to_char(task) == 'R')
			pr_info("pid %d, tgid %d, state R\n", task->pid, task->tgid);
	rcu_read_unlock();
	return 0;
}
module_init(list_init);

static void __exit list_exit(void)
{
	proc_remove(dir);
}
module_exit(list_exit);

MODULE_LICENSE("GPL");
