// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting and waking. Four promises: no wake-up is lost, one event never wakes a crowd of
 * tasks (a herd), no task starves, and no task is woken more often than necessary.
 *
 * No wake-up is lost. A waiting task first joins the queue, checks the condition only
 * then, and then sleeps; a task that moves a position publishes it first and only then
 * checks whether another task waits. A full barrier between the two steps on each side
 * makes it impossible that both check too early:
 *
 *	waiter					waker
 *	  joins the queue, state = sleeping	  moves its position
 *	  full barrier (set_current_state)	  full barrier (smp_mb)
 *	  looks at the positions		  looks at the queue
 *
 * No herds. Sleepers are exclusive: one wake-up wakes one task, the oldest that can go on
 * (waiter_ready), so that except in a race no task wakes in vain. When the woken task
 * leaves and there is more, it makes sure that the next one is woken: at once if there is
 * plenty, a moment later if there is little, for it may soon come back and take the rest
 * itself.
 *
 * A writer wakes a reader only when the readers had caught up with the position where its
 * write began. Otherwise no reader can have seen the channel empty since, or one that did
 * was already woken and will wake the next.
 *
 * Not more often than necessary. A wake-up costs more than moving a hundred bytes. So
 *
 * - a writer is woken only when half of the ring is free: the other half keeps the
 *   readers busy meanwhile. Without that, a channel that is full, the normal state when
 *   readers are the slower ones, would mean a switch of tasks for every single read. But
 *   the readers may stop earlier, so the first byte of room starts a timer: no writer
 *   sleeps for longer than WRITER_DELAY while there is room for it.
 *
 * - a task that has a processor to itself does not fall asleep at once: it spins, that
 *   is, checks again and again, for as long as that has been useful lately, SPIN_MAX at
 *   most. One task in each queue may do that, and while it does no other is woken: like a
 *   task that was woken already, it will take what comes, or wake another, also one that
 *   has become hungry meanwhile.
 *
 * No task starves. A sleeper keeps its place in the queue until it got something, also
 * when it was woken in vain because tasks that had not slept were faster. Letting those
 * be faster is what makes the channel fast: they need no switch of tasks. But a task that
 * others were faster than, or that was passed over because there was too little room, for
 * longer than PATIENCE becomes hungry: until it is served, all other tasks have to queue.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>

#include "channel.h"
#include "compat.h"

#define READER_DELAY (50 * NSEC_PER_USEC)
#define WRITER_DELAY (200 * NSEC_PER_USEC)
#define PATIENCE msecs_to_jiffies(10)
#define SPIN_MIN (2 * (unsigned int)NSEC_PER_USEC)
#define SPIN_MAX (50 * (unsigned int)NSEC_PER_USEC)

static bool for_readers(const struct queue *queue)
{
	return queue == &queue->channel->readers;
}

/*
 * Does another task hold that end? Then it has to be told that a task came and went to
 * sleep. So first set the mark, then check once more: the holder may just be leaving.
 */
static bool end_busy(struct queue *queue)
{
	bool (*busy)(const struct queue *queue) = queue->channel->lock->busy;

	if (!busy || !busy(queue))
		return false;
	WRITE_ONCE(queue->met_busy, true);
	/* A task that leaves first releases the end and checks the mark only then. */
	smp_mb();
	return busy(queue);
}

/* Is there what the waiter waits for, and can it be had? */
static bool waiter_served(const struct waiter *waiter)
{
	const struct queue *queue = waiter->queue;
	const struct channel *channel = queue->channel;
	bool there;

	if (for_readers(queue))
		there = channel_count(channel) > 0;
	else
		there = channel_room(channel) >= room_needed(channel, waiter->atomic);
	return there && !end_busy(waiter->queue);
}

static bool waiter_interrupted(const struct waiter *waiter)
{
	return atomic_read(&waiter->queue->channel->epoch) != waiter->epoch;
}

/* Or do hungry tasks come first? */
static bool waiter_may_go(const struct waiter *waiter)
{
	return READ_ONCE(waiter->hungry) || queue_open(waiter->queue);
}

/* Does this task have a reason to run? */
static bool waiter_ready(const struct waiter *waiter)
{
	if (waiter_interrupted(waiter))
		return true;
	return waiter_may_go(waiter) && waiter_served(waiter);
}

/*
 * There was something, but other tasks got it. Called with the lock of its queue held.
 * The clock starts at the first time, not when the task fell asleep: it may have slept
 * for hours because there was nothing.
 */
static void waiter_beaten(struct waiter *waiter)
{
	if (waiter->hungry)
		return;
	if (!waiter->beaten) {
		waiter->beaten = true;
		waiter->since = jiffies;
	} else if (time_after(jiffies, waiter->since + PATIENCE)) {
		WRITE_ONCE(waiter->hungry, true);
		atomic_inc(&waiter->queue->hungry);
	}
}

/*
 * Called for each sleeper in turn, oldest first, with the lock of the queue held and
 * interrupts off, until one returns non-zero. Zero also when it is running already.
 */
static int waiter_wake(struct wait_queue_entry *entry, unsigned int mode, int sync,
		       void *key)
{
	struct waiter *waiter = container_of(entry, struct waiter, entry);

	if (!waiter_ready(waiter)) {
		if (waiter_may_go(waiter))
			waiter_beaten(waiter);
		return 0;
	}
	if (!default_wake_function(entry, mode, sync, key))
		return 0;
	waiter->queue->wakeups++;
	return 1;
}

static void wake_one(struct queue *queue)
{
	wake_up_interruptible(&queue->sleepers);
}

/*
 * There is something, but so little that waiting for more is better. Writers wait longer:
 * while there are bytes in the channel, the readers are not idle because of that.
 */
static void wake_later(struct queue *queue)
{
	if (!atomic_read(&queue->armed) && !atomic_xchg(&queue->armed, 1))
		hrtimer_start(&queue->timer,
			      for_readers(queue) ? READER_DELAY : WRITER_DELAY,
			      HRTIMER_MODE_REL);
}

/*
 * In interrupt context. The mark is cleared before the check: a task that still saw the
 * mark had made its change visible before, so the change is seen here. The wake-up is
 * tried however little there is, because a sleeper becomes hungry only by finding that
 * others were faster.
 */
static enum hrtimer_restart timer_fires(struct hrtimer *timer)
{
	struct queue *queue = container_of(timer, struct queue, timer);

	atomic_set(&queue->armed, 0);
	/*
	 * The timer may be armed again from here on; the queue is checked only
	 * afterwards.
	 */
	smp_mb();
	if (waitqueue_active(&queue->sleepers))
		wake_one(queue);
	return HRTIMER_NORESTART;
}

void queue_init(struct queue *queue, struct channel *channel)
{
	init_waitqueue_head(&queue->sleepers);
	init_waitqueue_head(&queue->pollers);
	queue->channel = channel;
	queue->seen = jiffies;
	asee_timer_setup(&queue->timer, timer_fires);
}

/* Nobody waits any more, so nobody starts the timer again. */
void queue_destroy(struct queue *queue)
{
	hrtimer_cancel(&queue->timer);
}

/*
 * So much is plenty: half of the ring; of room, enough for any write that must go in one
 * piece.
 */
static unsigned int plenty(const struct queue *queue)
{
	unsigned int half = max(READ_ONCE(queue->channel->capacity) / 2, 1u);

	return for_readers(queue) ? half : max(half, channel_atomic(queue->channel));
}

/* What there is for this queue: bytes, or room. */
static unsigned int offer(const struct queue *queue)
{
	return for_readers(queue) ? channel_count(queue->channel) :
				    channel_room(queue->channel);
}

/* Lets other waiting tasks go on, too, if there are any. Called after a full barrier. */
static void pass_on(struct queue *queue)
{
	if (!waitqueue_active(&queue->sleepers))
		return;
	if (offer(queue) >= plenty(queue))
		wake_one(queue);
	else if (offer(queue))
		wake_later(queue);
}

/* The mark is cleared before the check: the timer sees a task that sets it again. */
void wake_after(struct queue *queue)
{
	if (likely(!READ_ONCE(queue->met_busy)) || !xchg(&queue->met_busy, false))
		return;
	if (waitqueue_active(&queue->sleepers) && offer(queue))
		wake_later(queue);
}

/*
 * A task is spinning (checking without sleeping): leave the work to it, as to a task that
 * was woken already. Once a jiffy the timer makes sure that the sleepers do not starve
 * meanwhile.
 */
static bool left_to_spinner(struct queue *queue)
{
	if (!atomic_read(&queue->spinner))
		return false;
	if (time_after(jiffies, READ_ONCE(queue->seen))) {
		WRITE_ONCE(queue->seen, jiffies);
		wake_later(queue);
	}
	return true;
}

void wake_readers(struct channel *channel, unsigned int old_head)
{
	struct queue *queue = &channel->readers;

	/* Publishes the new head before it checks the queue: see the top of this file. */
	smp_mb();
	if (waitqueue_active(&queue->sleepers) && !left_to_spinner(queue) &&
	    (int)(READ_ONCE(channel->out.pos) - old_head) >= 0)
		wake_one(queue);
	/*
	 * A poller may have left bytes in the channel and wait for more: every write
	 * wakes pollers.
	 */
	if (waitqueue_active(&queue->pollers))
		wake_up_interruptible_poll(&queue->pollers, EPOLLIN | EPOLLRDNORM);
}

/*
 * How much room there is with that many bytes queued, a number that may be out of date.
 */
static unsigned int room_beside(const struct channel *channel, unsigned int count)
{
	unsigned int capacity = READ_ONCE(channel->capacity);

	return capacity - min(count, capacity);
}

/*
 * Only a read by which the room becomes plenty wakes a writer. A writer that fell asleep
 * after the last such read saw less than plenty, so another such read will follow; one
 * that has slept for longer was woken by an earlier one, or the writer that was woken
 * will wake it.
 */
void wake_writers(struct channel *channel, unsigned int old_tail, unsigned int new_tail)
{
	struct queue *queue = &channel->writers;
	unsigned int head, before, after;

	/* Publishes the new tail before it checks the queue. */
	smp_mb();
	if (!waitqueue_active(&queue->sleepers) && !waitqueue_active(&queue->pollers))
		return;

	head = READ_ONCE(channel->in.pos);
	before = room_beside(channel, head - old_tail);
	after = room_beside(channel, head - new_tail);
	if (waitqueue_active(&queue->sleepers) && !left_to_spinner(queue)) {
		if (after < plenty(queue))
			wake_later(queue);
		else if (before < plenty(queue))
			wake_one(queue);
	}
	if (before < channel_atomic(channel) && after >= channel_atomic(channel) &&
	    waitqueue_active(&queue->pollers))
		wake_up_interruptible_poll(&queue->pollers, EPOLLOUT | EPOLLWRNORM);
}

void wake_thawed(struct channel *channel)
{
	/* Releases the ends before it checks the queues. */
	smp_mb();
	pass_on(&channel->writers);
	wake_after(&channel->readers);
	wake_after(&channel->writers);
	if (waitqueue_active(&channel->writers.pollers))
		wake_up_interruptible_poll(&channel->writers.pollers,
					   EPOLLOUT | EPOLLWRNORM);
}

/*
 * All of them: each has to return its own error. In interrupt context. A waiter checks
 * the epoch after a full barrier, and the lock of the queue is taken after the epoch was
 * moved, so no waiter can miss both.
 */
void wake_interrupted(struct channel *channel)
{
	atomic_inc(&channel->epoch);
	smp_mb__after_atomic(); /* the epoch before the queues */
	wake_up_interruptible_all(&channel->readers.sleepers);
	wake_up_interruptible_all(&channel->writers.sleepers);
}

/* An interrupt from here on counts. */
void waiter_init(struct waiter *waiter, struct queue *queue, size_t atomic)
{
	memset(waiter, 0, sizeof(*waiter));
	init_waitqueue_func_entry(&waiter->entry, waiter_wake);
	waiter->entry.private = current;
	waiter->queue = queue;
	waiter->atomic = atomic;
	waiter->epoch = atomic_read(&queue->channel->epoch);
}

/* As long as nobody else wants this processor. */
static bool spin_on(u64 end)
{
	return ktime_get_ns() < end && single_task_running() && !need_resched() &&
	       !signal_pending(current);
}

/*
 * Spins: checks for a while without sleeping. True when another try is worth while. A
 * task that published while it saw the mark woke nobody; the barrier after the mark makes
 * the next check see what it published.
 */
static bool waiter_spins(struct waiter *waiter)
{
	struct queue *queue = waiter->queue;
	u64 end;
	bool ready;

	if (!READ_ONCE(queue->spin) || !single_task_running() ||
	    atomic_cmpxchg(&queue->spinner, 0, 1))
		return false;
	end = ktime_get_ns() + READ_ONCE(queue->spin);
	while (!(ready = waiter_ready(waiter)) && spin_on(end))
		cpu_relax();
	atomic_set(&queue->spinner, 0);
	/*
	 * The mark is cleared before the next check: a task that publishes from here on
	 * wakes others.
	 */
	smp_mb();
	return ready;
}

/* Would spinning have been enough? Then for longer the next time; else for less. */
static void learn(struct queue *queue, u64 slept)
{
	unsigned int spin = READ_ONCE(queue->spin);

	if (slept < SPIN_MAX)
		WRITE_ONCE(queue->spin, clamp(2 * spin, SPIN_MIN, SPIN_MAX));
	else
		WRITE_ONCE(queue->spin, spin / 2);
}

/*
 * Work that was left to this task while it was spinning may belong to a sleeper that has
 * become hungry meanwhile. Only the hungry ones are ready then.
 */
static void leave_to_hungry(struct waiter *waiter)
{
	if (unlikely(!waiter_may_go(waiter)) && waiter_served(waiter))
		wake_one(waiter->queue);
}

static int waiter_sleeps(struct waiter *waiter)
{
	int err = 0;

	for (;;) {
		/* A full barrier: the state is visible before the positions are read. */
		set_current_state(TASK_INTERRUPTIBLE);
		if (waiter_interrupted(waiter))
			err = -EIO;
		else if (!waiter_ready(waiter) && signal_pending(current))
			err = -ERESTARTSYS;
		if (err || waiter_ready(waiter))
			break;
		leave_to_hungry(waiter);
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return err;
}

int waiter_wait(struct waiter *waiter)
{
	struct queue *queue = waiter->queue;
	u64 began = ktime_get_ns();
	int err;

	if (!waiter->joined && waiter_spins(waiter))
		return waiter_interrupted(waiter) ? -EIO : 0;
	if (waiter->joined) {
		spin_lock_irq(&queue->sleepers.lock);
		waiter_beaten(waiter);
		spin_unlock_irq(&queue->sleepers.lock);
	} else {
		waiter->joined = true;
		atomic_inc(&queue->blocked);
		add_wait_queue_exclusive(&queue->sleepers, &waiter->entry);
	}
	err = waiter_sleeps(waiter);
	if (!err)
		learn(queue, ktime_get_ns() - began);
	return err;
}

/*
 * The task that leaves may be the only one that was woken for what is still there,
 * whether it took some of it or gave up because of a signal or an interrupt. The barrier:
 * it has left the queue, and is no longer hungry, before it checks whether that lets
 * another task go on.
 */
void waiter_leave(struct waiter *waiter, bool served)
{
	struct queue *queue = waiter->queue;

	if (waiter->joined) {
		remove_wait_queue(&queue->sleepers, &waiter->entry);
		atomic_dec(&queue->blocked);
		if (waiter->hungry)
			atomic_dec(&queue->hungry);
	}
	smp_mb(); /* see above */
	if (served)
		pass_on(queue);
	else if (waitqueue_active(&queue->sleepers))
		wake_one(queue);
}
