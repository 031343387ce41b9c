// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells a station of the end of a process without being its parent.
 *
 * When a process has ended, the kernel wakes what sleeps in the queue wait_pidfd of its
 * pid; that is how poll() of a pidfd gets its answer. This module puts a function into
 * that queue. It is called with tasklist_lock held and interrupts off, so it notes the
 * end and leaves the rest to a work item. It may be called more than once for one end
 * (since 6.9), and for the end of a thread: only the first call after the last thread
 * counts.
 *
 * Lifetimes: a watch belongs to its station, which is an open file, and holds its pid. It
 * is freed after it was taken out of the queue, which waits for a call under way.
 */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "adopt.h"
#include "uapi/adopt.h"

#define WATCHES_MAX 1024

struct station {
	struct mutex mutex;		/* the list of watches, and who adds to it */
	struct list_head watches;
	unsigned int n;
	spinlock_t lock;		/* what follows; with interrupts off */
	struct list_head ended;		/* watches whose event was not read yet */
	wait_queue_head_t readers;
	struct work_struct work;	/* sends the signals, wakes the readers */
};

struct watch {
	struct list_head of_station;
	struct list_head of_ended;
	struct station *station;
	struct wait_queue_entry entry;
	struct pid *soldier;
	struct pid *to;			/* who gets the signal */
	pid_t number;			/* of the soldier, as the caller gave it */
	int signal;
	int status;
	bool noted;			/* it has ended; under station->lock */
	bool signalled;			/* under station->lock, by the work only */
};

/*
 * Under RCU: have all threads of the process ended, and how? No task any more: they have.
 */
static bool has_ended(struct pid *soldier, int *status)
{
	struct task_struct *task = pid_task(soldier, PIDTYPE_PID);

	if (!task) {
		*status = 0;
		return true;
	}
	if (!task->exit_state || !thread_group_empty(task))
		return false;
	*status = task->signal->flags & SIGNAL_GROUP_EXIT ?
		  task->signal->group_exit_code : task->exit_code;
	return true;
}

/* Once for each watch. In any context. */
static void note_end(struct watch *watch)
{
	struct station *station = watch->station;
	unsigned long flags;
	int status;

	rcu_read_lock();
	if (has_ended(watch->soldier, &status)) {
		spin_lock_irqsave(&station->lock, flags);
		if (!watch->noted) {
			watch->noted = true;
			watch->status = status;
			list_add_tail(&watch->of_ended, &station->ended);
			schedule_work(&station->work);
		}
		spin_unlock_irqrestore(&station->lock, flags);
	}
	rcu_read_unlock();
}

static int soldier_ended(struct wait_queue_entry *entry, unsigned int mode, int flags,
			 void *key)
{
	note_end(container_of(entry, struct watch, entry));
	return 0; /* others wait there, too */
}

/* The next that has ended and whose signal has not been sent. */
static struct watch *next_unsignalled(struct station *station)
{
	struct watch *watch;

	list_for_each_entry(watch, &station->ended, of_ended)
		if (!watch->signalled)
			return watch;
	return NULL;
}

/*
 * First the signal, then the event: nobody removes the watch before its signal was sent.
 */
static void tell(struct work_struct *work)
{
	struct station *station = container_of(work, struct station, work);
	struct watch *watch;

	spin_lock_irq(&station->lock);
	while ((watch = next_unsignalled(station))) {
		spin_unlock_irq(&station->lock);
		if (watch->signal)
			kill_pid(watch->to, watch->signal, 1);
		spin_lock_irq(&station->lock);
		watch->signalled = true;
	}
	spin_unlock_irq(&station->lock);
	wake_up_interruptible(&station->readers);
}

struct station *station_create(void)
{
	struct station *station = kzalloc(sizeof(*station), GFP_KERNEL_ACCOUNT);

	if (!station)
		return NULL;
	mutex_init(&station->mutex);
	INIT_LIST_HEAD(&station->watches);
	spin_lock_init(&station->lock);
	INIT_LIST_HEAD(&station->ended);
	init_waitqueue_head(&station->readers);
	INIT_WORK(&station->work, tell);
	return station;
}

static void watch_free(struct watch *watch)
{
	put_pid(watch->soldier);
	put_pid(watch->to);
	kfree(watch);
}

/* The file's last user has gone: nobody adds or reads any more. */
void station_destroy(struct station *station)
{
	struct watch *watch, *next;

	list_for_each_entry(watch, &station->watches, of_station)
		remove_wait_queue(&watch->soldier->wait_pidfd, &watch->entry);
	cancel_work_sync(&station->work);
	list_for_each_entry_safe(watch, next, &station->watches, of_station)
		watch_free(watch);
	kfree(station);
}

/*
 * May the caller know of the soldier's end? Yes where it might send the soldier a signal.
 * This is nearly the rule of kill(); the full check is not exported to modules.
 */
static bool may_watch(struct pid *soldier)
{
	struct task_struct *task;
	const struct cred *cred;
	bool same = false;

	rcu_read_lock();
	task = pid_task(soldier, PIDTYPE_PID);
	if (task) {
		cred = __task_cred(task);
		same = uid_eq(cred->uid, current_uid()) &&
		       uid_eq(cred->suid, current_uid());
	}
	rcu_read_unlock();
	return same || capable(CAP_KILL);
}

/* A process, by the number of its first thread. */
static struct pid *find_soldier(pid_t number)
{
	struct pid *soldier = find_get_pid(number);
	struct task_struct *task;
	bool leads;

	rcu_read_lock();
	task = pid_task(soldier, PIDTYPE_PID);
	leads = task && thread_group_leader(task);
	rcu_read_unlock();
	if (leads)
		return soldier;
	put_pid(soldier);
	return NULL;
}

static int add(struct station *station, struct watch *watch)
{
	struct watch *other;

	if (station->n == WATCHES_MAX)
		return -ENOSPC;
	list_for_each_entry(other, &station->watches, of_station)
		if (other->soldier == watch->soldier)
			return -EEXIST;
	list_add_tail(&watch->of_station, &station->watches);
	station->n++;
	return 0;
}

int station_watch(struct station *station, pid_t number, int signal)
{
	struct watch *watch;
	int err;

	if (signal && !valid_signal(signal))
		return -EINVAL;
	watch = kzalloc(sizeof(*watch), GFP_KERNEL_ACCOUNT);
	if (!watch)
		return -ENOMEM;
	watch->station = station;
	watch->number = number;
	watch->signal = signal;
	watch->to = get_task_pid(current, PIDTYPE_TGID);
	watch->soldier = find_soldier(number);
	err = !watch->soldier ? -ESRCH : may_watch(watch->soldier) ? 0 : -EPERM;
	if (err) {
		watch_free(watch);
		return err;
	}
	init_waitqueue_func_entry(&watch->entry, soldier_ended);
	mutex_lock(&station->mutex);
	err = add(station, watch);
	if (!err) {
		add_wait_queue(&watch->soldier->wait_pidfd, &watch->entry);
		note_end(watch); /* it may have ended before it was watched */
	}
	mutex_unlock(&station->mutex);
	if (err)
		watch_free(watch);
	return err;
}

/* Takes the oldest event off the list, or NULL. Under the mutex. */
static struct watch *take_ended(struct station *station)
{
	struct watch *watch;

	spin_lock_irq(&station->lock);
	watch = list_first_entry_or_null(&station->ended, struct watch, of_ended);
	/* Its signal has to be sent first: the reader may rely on that order. */
	if (watch && watch->signalled)
		list_del(&watch->of_ended);
	else
		watch = NULL;
	spin_unlock_irq(&station->lock);
	return watch;
}

static void put_back(struct station *station, struct watch *watch)
{
	spin_lock_irq(&station->lock);
	list_add(&watch->of_ended, &station->ended);
	spin_unlock_irq(&station->lock);
}

static void forget(struct station *station, struct watch *watch)
{
	remove_wait_queue(&watch->soldier->wait_pidfd, &watch->entry);
	list_del(&watch->of_station);
	station->n--;
	watch_free(watch);
}

/* Whole events, as many as fit; what could not be stored stays. */
static ssize_t read_events(struct station *station, char __user *buf, size_t n)
{
	struct adopt_event event;
	struct watch *watch;
	ssize_t done = 0;

	mutex_lock(&station->mutex);
	while (n - done >= sizeof(event) && (watch = take_ended(station))) {
		event = (struct adopt_event){ watch->number, watch->status };
		if (copy_to_user(buf + done, &event, sizeof(event))) {
			put_back(station, watch);
			done = done ?: -EFAULT;
			break;
		}
		forget(station, watch);
		done += sizeof(event);
	}
	mutex_unlock(&station->mutex);
	return done;
}

static bool readable(struct station *station)
{
	struct watch *watch;
	bool yes;

	spin_lock_irq(&station->lock);
	watch = list_first_entry_or_null(&station->ended, struct watch, of_ended);
	yes = watch && watch->signalled;
	spin_unlock_irq(&station->lock);
	return yes;
}

ssize_t station_read(struct station *station, char __user *buf, size_t n, bool nonblock)
{
	ssize_t done;

	if (!n)
		return 0;
	if (n < sizeof(struct adopt_event))
		return -EINVAL;
	for (;;) {
		done = read_events(station, buf, n);
		if (done)
			return done;
		if (nonblock)
			return -EAGAIN;
		if (wait_event_interruptible(station->readers, readable(station)))
			return -ERESTARTSYS;
	}
}

__poll_t station_poll(struct station *station, struct file *file, poll_table *wait)
{
	poll_wait(file, &station->readers, wait);
	return readable(station) ? EPOLLIN | EPOLLRDNORM : 0;
}
