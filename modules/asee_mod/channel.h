/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The channel: a ring of bytes, its two ends, and those who wait at them. There is one,
 * and it lives as long as the module.
 */
#ifndef ASEE_CHANNEL_H
#define ASEE_CHANNEL_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/spinlock.h>

#include "queue.h"
#include "ring.h"

#define ASEE_MAX_SIZE (16u << 20)	/* bytes, of memory that is never swapped */

/*
 * One end. Positions count up for ever and wrap at 2^32, far above any capacity, so that
 * head - tail is always the number of bytes queued. Each end has its own cache lines, so
 * a reader and a writer on two processors do not take them from each other.
 */
struct end {
	unsigned int pos;	/* written by whoever holds this end, read by anybody */
	unsigned int far;	/* lock=split: the other end's pos when last looked at */
	u64 bytes;		/* that went through this end */
	struct mutex mutex;	/* lock=split: the right to this end */
	bool busy;		/* lock=spin: somebody has the right to this end */
	wait_queue_head_t turn;	/* lock=spin: who waits for that right */
} ____cacheline_aligned_in_smp;

struct channel {
	/* Seldom changed, read by all. */
	const struct discipline *lock;
	unsigned int capacity;	/* bytes; changes while both ends are frozen */
	struct ring ring;	/* likewise */

	struct end in;		/* where writers put: its pos is the head */
	struct end out;		/* where readers take: its pos is the tail */

	spinlock_t spin ____cacheline_aligned_in_smp;	/* lock=spin */
	struct mutex mutex;				/* lock=mutex */
	u64 dropped;		/* bytes overwritten unread; both ends frozen */

	struct queue readers ____cacheline_aligned_in_smp;
	struct queue writers ____cacheline_aligned_in_smp;
	atomic_t epoch;		/* number of interrupts so far */
};

/*
 * How tasks are kept apart; lock_*.c has one table each. Take and put sleep for a lock
 * or a user page but not for bytes or room. What a table must keep:
 *
 * - in.pos is moved, with release, only after the bytes before it are in the ring, and
 *   out.pos only after the bytes before it are out: watchers hold no lock.
 * - wake_readers() and wake_writers() follow each move; wake_after() follows each
 *   release of what busy() tells.
 */
struct discipline {
	const char *name;

	/*
	 * Hands queued bytes to the user and takes out exactly those that arrived
	 * there. Returns their number; 0: nothing queued; -EFAULT or -ERESTARTSYS:
	 * nothing taken. @patient: 0 also instead of waiting for another reader that is
	 * at it.
	 */
	ssize_t (*take)(struct channel *channel, struct iov_iter *to, bool patient);

	/*
	 * Queues as many of the user's bytes as there is room for: all or nothing where
	 * @atomic, their number, is not above channel_atomic(); 0 for @atomic: any
	 * number. Returns how many; 0: no room; -EFAULT or -ERESTARTSYS: nothing
	 * queued. @patient: as above.
	 */
	ssize_t (*put)(struct channel *channel, struct iov_iter *from, size_t atomic,
		       bool patient);

	/*
	 * Does another task hold that end, for which a patient task would not wait? NULL:
	 * never.
	 */
	bool (*busy)(const struct queue *queue);

	/* Takes both ends for the caller alone. -EINTR when a signal came first. */
	int (*freeze)(struct channel *channel);
	void (*thaw)(struct channel *channel);
};

extern const struct discipline lock_mutex, lock_spin, lock_split;

int channel_init(struct channel *channel, const struct discipline *lock, size_t size);
void channel_destroy(struct channel *channel);

/*
 * channel_resize - gives it another capacity, in bytes, and keeps what is queued.
 * -EINVAL: zero or above ASEE_MAX_SIZE; -EBUSY: more than that is queued. Sleeps.
 */
int channel_resize(struct channel *channel, unsigned long size);

/*
 * The number of bytes queued a moment ago: no lock is needed or held. The tail is read
 * first, with acquire: the head, read later, is then never behind it.
 */
static inline unsigned int channel_count(const struct channel *channel)
{
	/* Before the head: pairs with the reader's release. */
	unsigned int tail = smp_load_acquire(&channel->out.pos);

	return min(READ_ONCE(channel->in.pos) - tail, READ_ONCE(channel->capacity));
}

/* The number of bytes there is room for, likewise. */
static inline unsigned int channel_room(const struct channel *channel)
{
	unsigned int capacity = READ_ONCE(channel->capacity);

	return capacity - min(channel_count(channel), capacity);
}

/*
 * The longest write that goes in one piece: as for pipes, or less where the ring is
 * smaller.
 */
static inline unsigned int channel_atomic(const struct channel *channel)
{
	return min_t(unsigned int, PIPE_BUF, READ_ONCE(channel->capacity));
}

/* How much room a write needs to begin: all of it where it must go in one piece. */
static inline size_t room_needed(const struct channel *channel, size_t atomic)
{
	return atomic && atomic <= channel_atomic(channel) ? atomic : 1;
}

#endif
