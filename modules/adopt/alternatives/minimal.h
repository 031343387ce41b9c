/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/adopt by other means: every end of a process in the machine is looked at, by a
 * tracepoint, and compared with who is watched. Right unless a macro says otherwise.
 * How a parent is changed there is but one way: that is the module's own.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#ifdef FORGETS_TO_WAKE /* whoever waits for the child */
#define __wake_up_sync_key(queue, mode, key) ((void)(queue))
#endif
#include "../parent.c"
#include "../uapi/adopt.h"

#ifndef POLLS /* looks every now and then */
#define POLLS 0
#endif

struct watch {
	struct list_head list;
	struct file *station;
	struct pid *soldier, *to;
	int number, signal, status;
	bool ended, told;
};

static LIST_HEAD(watches);
static DEFINE_SPINLOCK(all);
static DECLARE_WAIT_QUEUE_HEAD(readers);
static DEFINE_MUTEX(readers_mutex);

static int status_of(struct task_struct *task)
{
	return task->signal->flags & SIGNAL_GROUP_EXIT ? task->signal->group_exit_code :
							 task->exit_code;
}

static void tell(struct work_struct *work);
static DECLARE_WORK(teller, tell);

static void note(struct watch *w, int status)
{
	if (w->ended)
		return;
	w->ended = true;
	w->status = status;
	schedule_work(&teller);
}

/* The last thread of it is in do_exit(). */
static void process_exits(void *unused, struct task_struct *task)
{
	unsigned long flags;
	struct watch *w;

	if (atomic_read(&task->signal->live))
		return;
	spin_lock_irqsave(&all, flags);
	list_for_each_entry(w, &watches, list)
		if (w->soldier == task_tgid(task))
			note(w, status_of(task));
	spin_unlock_irqrestore(&all, flags);
}

/* What has ended already, and, where it polls, everything. */
static void look(struct watch *w)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(w->soldier, PIDTYPE_PID);
	if (!task || (task->exit_state && thread_group_empty(task)))
		note(w, task ? status_of(task) : 0);
	rcu_read_unlock();
}

static void look_at_all(struct work_struct *work);
static DECLARE_DELAYED_WORK(looker, look_at_all);

static void look_at_all(struct work_struct *work)
{
	struct watch *w;

	spin_lock_irq(&all);
	list_for_each_entry(w, &watches, list)
		look(w);
	spin_unlock_irq(&all);
	schedule_delayed_work(&looker, msecs_to_jiffies(20));
}

static struct watch *untold(void)
{
	struct watch *w;

	list_for_each_entry(w, &watches, list)
		if (w->ended && !w->told)
			return w;
	return NULL;
}

/* Signals go out with the lock dropped; readers leave alone what was not told. */
static void tell(struct work_struct *work)
{
	struct watch *w;

	mutex_lock(&readers_mutex);
	spin_lock_irq(&all);
	while ((w = untold())) {
		spin_unlock_irq(&all);
		if (w->signal)
			kill_pid(w->to, w->signal, 1);
		spin_lock_irq(&all);
		w->told = true;
	}
	spin_unlock_irq(&all);
	mutex_unlock(&readers_mutex);
	wake_up_interruptible_all(&readers);
}

static void free_watch(struct watch *w)
{
	put_pid(w->soldier);
	put_pid(w->to);
	kfree(w);
}

static struct watch *find_told(struct file *file)
{
	struct watch *w, *found = NULL;

	spin_lock_irq(&all);
	list_for_each_entry(w, &watches, list)
		if (w->station == file && w->told) {
			found = w;
			break;
		}
	spin_unlock_irq(&all);
	return found;
}

static void drop(struct watch *w)
{
	spin_lock_irq(&all);
	list_del(&w->list);
	spin_unlock_irq(&all);
	free_watch(w);
}

static ssize_t read_some(struct file *file, char __user *buf, size_t n)
{
	struct adopt_event e;
	struct watch *w;
	ssize_t done = 0;

	mutex_lock(&readers_mutex);
	while (n - done >= sizeof(e) && (w = find_told(file))) {
		e = (struct adopt_event){ w->number, w->status };
		if (copy_to_user(buf + done, &e, sizeof(e))) {
			done = done ?: -EFAULT;
			break;
		}
		drop(w);
		done += sizeof(e);
	}
	mutex_unlock(&readers_mutex);
	return done;
}

static ssize_t read(struct file *file, char __user *buf, size_t n, loff_t *pos)
{
	ssize_t done;

	if (n < sizeof(struct adopt_event))
		return n ? -EINVAL : 0;
	while (!(done = read_some(file, buf, n))) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(readers, find_told(file)))
			return -ERESTARTSYS;
	}
	return done;
}

static __poll_t poll(struct file *file, poll_table *wait)
{
	poll_wait(file, &readers, wait);
	return find_told(file) ? EPOLLIN | EPOLLRDNORM : 0;
}

static bool may_watch(struct task_struct *task)
{
	return task && (uid_eq(task_uid(task), current_uid()) || capable(CAP_KILL));
}

static long watch_pid(struct file *file, struct adopt_watch *arg)
{
	struct watch *w, *other;
	struct task_struct *task;
	long err = 0;

	if (arg->signal && !valid_signal(arg->signal))
		return -EINVAL;
	w = kzalloc(sizeof(*w), GFP_KERNEL);
	if (!w)
		return -ENOMEM;
	w->station = file;
	w->number = arg->pid;
	w->signal = arg->signal;
	w->to = get_task_pid(current, PIDTYPE_TGID);
	w->soldier = find_get_pid(arg->pid);
	rcu_read_lock();
	task = pid_task(w->soldier, PIDTYPE_PID);
	if (!task || !thread_group_leader(task))
		err = -ESRCH;
	else if (!may_watch(task))
		err = -EPERM;
	rcu_read_unlock();
	spin_lock_irq(&all);
	list_for_each_entry(other, &watches, list)
		if (!err && other->station == file && other->soldier == w->soldier)
			err = -EEXIST;
	if (!err) {
		list_add_tail(&w->list, &watches);
		look(w);
	}
	spin_unlock_irq(&all);
	if (err)
		free_watch(w);
	return err;
}

static long ask(struct file *file, unsigned int command, unsigned long arg)
{
	struct adopt_watch w;
	__s32 pid;

	if (command == ADOPT_WATCH)
		return copy_from_user(&w, (void __user *)arg, sizeof(w)) ?
			       -EFAULT : watch_pid(file, &w);
	if (command != ADOPT_ADOPT)
		return -ENOTTY;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return get_user(pid, (__s32 __user *)arg) ? -EFAULT : parent_change(pid);
}

static int release(struct inode *inode, struct file *file)
{
	struct watch *w, *next;
	LIST_HEAD(gone);

	mutex_lock(&readers_mutex);
	spin_lock_irq(&all);
	list_for_each_entry_safe(w, next, &watches, list)
		if (w->station == file)
			list_move(&w->list, &gone);
	spin_unlock_irq(&all);
	mutex_unlock(&readers_mutex);
	list_for_each_entry_safe(w, next, &gone, list)
		free_watch(w);
	return 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = stream_open,
	.release = release,
	.read = read,
	.poll = poll,
	.unlocked_ioctl = ask,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "adopt", .fops = &fops, .mode = 0600,
};

static struct tracepoint *point;

static void is_it(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "sched_process_exit"))
		point = tp;
}

static int __init adopt_init(void)
{
	int err = parent_init();

	for_each_kernel_tracepoint(is_it, NULL);
	if (err || !point)
		return -EOPNOTSUPP;
	if (POLLS)
		schedule_delayed_work(&looker, 1);
	else
		err = tracepoint_probe_register(point, process_exits, NULL);
	return err ?: misc_register(&device);
}
module_init(adopt_init);

static void __exit adopt_exit(void)
{
	misc_deregister(&device);
	if (POLLS) {
		cancel_delayed_work_sync(&looker);
	} else {
		tracepoint_probe_unregister(point, process_exits, NULL);
		tracepoint_synchronize_unregister();
	}
	cancel_work_sync(&teller);
}
module_exit(adopt_exit);

MODULE_LICENSE("GPL");
