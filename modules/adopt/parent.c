// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process's parent, changed while it lives.
 *
 * Which process is the child of which is stored in several places that have to agree, all
 * of them under tasklist_lock: real_parent of every thread of the child; parent, too,
 * which is the tracer while there is one; the parent's list of children; the signal that
 * the child's end sends, and the marks by which an orphan finds its new parent. fork,
 * exit, ptrace and wait rely on all of that and have BUG_ON() where it does not hold.
 *
 * The lock is not exported. But the functions that take it are, since they are those of
 * any rwlock. Its address comes from register_kprobe(), which refuses to probe what is
 * not code, but leaves the address that it has looked up.
 */
#include <linux/kprobes.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/signal.h>
#include <linux/version.h>
#include <linux/wait.h>

#include "adopt.h"

static rwlock_t *lock;

int parent_init(void)
{
	struct kprobe probe = { .symbol_name = "tasklist_lock" };
	int err = register_kprobe(&probe);

	if (!err) /* the symbol is code after all */
		unregister_kprobe(&probe);
	if (err != -EINVAL || !probe.addr)
		return -EOPNOTSUPP;
	lock = (rwlock_t *)probe.addr;
	return 0;
}

/* Everything from here on is called under the lock, for writing. */

static struct task_struct *parent_of(const struct task_struct *task)
{
	return rcu_dereference_protected(task->real_parent, true);
}

static bool descends_from(struct task_struct *task, const struct task_struct *ancestor)
{
	for (; task->pid; task = parent_of(task))
		if (task->signal == ancestor->signal)
			return true;
	return false;
}

static bool is_traced(struct task_struct *process)
{
	struct task_struct *thread;

	for_each_thread(process, thread)
		if (thread->ptrace)
			return true;
	return false;
}

/* Nobody would see its end: since 7.1 a process may be created like this. */
static bool reaps_itself(const struct task_struct *process)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 1, 0)
	return process->signal->autoreap;
#else
	return false;
#endif
}

/*
 * A group of a session is an orphan when nobody in it has a parent in the session and
 * outside the group; its stopped jobs are then continued, by a function that is not for
 * modules. So a process in a group with stopped jobs gets no parent of another session.
 */
static bool would_strand_jobs(struct task_struct *process)
{
	struct task_struct *member;

	if (task_session(process) == task_session(current))
		return false;
	do_each_pid_task(task_pgrp(process), PIDTYPE_PGID, member) {
		if (member->signal->flags & SIGNAL_STOP_STOPPED)
			return true;
	} while_each_pid_task(task_pgrp(process), PIDTYPE_PGID, member);
	return false;
}

/*
 * A process ends with its last thread. Its first thread may be gone before: by
 * pthread_exit(), and for a moment while another thread executes a program and takes the
 * place of the first.
 */
static bool has_ended(struct task_struct *process)
{
	return process->exit_state && thread_group_empty(process);
}

static int may_change(struct task_struct *process)
{
	if (!thread_group_leader(process) || has_ended(process))
		return -ESRCH;
	if (process->flags & PF_KTHREAD || process->signal->flags & SIGNAL_UNKILLABLE ||
	    is_child_reaper(task_pid(process)))
		return -EPERM;
	if (descends_from(current, process))
		return -ELOOP;
	if (parent_of(process)->signal == current->signal)
		return -EEXIST;
	if (is_traced(process) || reaps_itself(process))
		return -EBUSY;
	return would_strand_jobs(process) ? -EXDEV : 0;
}

/*
 * A thread of the old parent that sleeps in wait() for this child alone has to look
 * again, and finds no child. It cannot look before the lock is free.
 */
static void wake_old_parent(struct task_struct *process)
{
	__wake_up_sync_key(&parent_of(process)->signal->wait_chldexit,
			   TASK_INTERRUPTIBLE, process);
}

/* Orphans look for a subreaper only where they are marked as having one. */
static void mark_subreaper(struct task_struct *process)
{
	struct signal_struct *signal = current->signal;
	struct task_struct *other;

	if (!signal->is_child_subreaper && !signal->has_child_subreaper)
		return;
	for_each_process(other)
		if (descends_from(other, process))
			other->signal->has_child_subreaper = true;
}

static void change(struct task_struct *process)
{
	struct task_struct *thread;

	wake_old_parent(process);
	for_each_thread(process, thread) {
		rcu_assign_pointer(thread->real_parent, current);
		rcu_assign_pointer(thread->parent, current);
		thread->parent_exec_id = current->self_exec_id;
	}
	process->exit_signal = SIGCHLD;
	list_move_tail(&process->sibling, &current->children);
	mark_subreaper(process);
}

int parent_change(pid_t number)
{
	struct task_struct *process;
	int err;

	if (!lock)
		return -EOPNOTSUPP;
	write_lock_irq(lock);
	process = pid_task(find_vpid(number), PIDTYPE_PID);
	err = process ? may_change(process) : -ESRCH;
	if (!err)
		change(process);
	write_unlock_irq(lock);
	return err;
}
