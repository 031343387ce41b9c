/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which tasks wait at one end of the channel, and what wakes them. The rules, with the
 * reasons, are in queue.c.
 */
#ifndef ASEE_QUEUE_H
#define ASEE_QUEUE_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/types.h>
#include <linux/wait.h>

struct channel;

/* The tasks that wait at one end. */
struct queue {
	wait_queue_head_t sleepers;	/* in read() or write(), the oldest first */
	wait_queue_head_t pollers;	/* in poll(), select(), epoll */
	struct channel *channel;
	atomic_t hungry;		/* sleepers that nobody may pass any more */
	atomic_t spinner;		/* one task looks without sleeping */
	unsigned int spin;		/* for at most so many nanoseconds */
	unsigned long seen;		/* in jiffies: when sleepers were left to it */
	bool met_busy;			/* somebody sleeps: another was at that end */
	struct hrtimer timer;		/* wakes a sleeper later */
	atomic_t armed;			/* that timer is running */
	atomic_t blocked;		/* sleepers, for sysfs */
	unsigned long wakeups;		/* sleepers woken so far; under sleepers.lock */
};

/* One task that has to wait, on its stack. */
struct waiter {
	struct wait_queue_entry entry;
	struct queue *queue;
	size_t atomic;			/* a write that must go in one piece; else 0 */
	unsigned int epoch;		/* of the interrupts, when it began to wait */
	bool joined;			/* it is in the queue */
	/* Under sleepers.lock. */
	bool beaten;			/* others got what it was woken for, */
	unsigned long since;		/* first in this jiffy, */
	bool hungry;			/* and for too long now */
};

void queue_init(struct queue *queue, struct channel *channel);
void queue_destroy(struct queue *queue);

/* May a task that does not wait yet go on, or do waiting tasks come first? */
static inline bool queue_open(const struct queue *queue)
{
	return !atomic_read(&queue->hungry);
}

/*
 * waiter_init - for a task that tried and has to wait. Every return from the system call
 * goes through waiter_leave() then.
 */
void waiter_init(struct waiter *waiter, struct queue *queue, size_t atomic);

/*
 * waiter_wait - waits until another try is worth while: 0. -EIO when an interrupt came
 * meanwhile, -ERESTARTSYS when a signal did. The task keeps its place in the queue until
 * waiter_leave().
 */
int waiter_wait(struct waiter *waiter);

/* Leaves the queue, successful or not, and makes sure that others are woken. */
void waiter_leave(struct waiter *waiter, bool served);

/* After bytes were published behind position @old_head: wakes one reader if need be. */
void wake_readers(struct channel *channel, unsigned int old_head);

/* After room was made from @old_tail up to @new_tail: wakes one writer if need be. */
void wake_writers(struct channel *channel, unsigned int old_tail, unsigned int new_tail);

/*
 * Call it after releasing a lock that sleepers of this queue may have waited for, and
 * after a full barrier; the barrier of one of the two functions above is enough.
 */
void wake_after(struct queue *queue);

/*
 * Call it after both ends were frozen: there may be room now, and a task that found them
 * busy meanwhile has to try again, even when the capacity has not changed.
 */
void wake_thawed(struct channel *channel);

/* An interrupt: every task that waits now returns -EIO. From any context. */
void wake_interrupted(struct channel *channel);

#endif
