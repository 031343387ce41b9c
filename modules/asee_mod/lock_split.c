// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock=split: a mutex for each end, so that one task copies in while another copies
 * out. The two sides share nothing but the two positions:
 *
 *	writer					reader
 *	  copies bytes into the ring		  loads in.pos (acquire)
 *	  stores in.pos (release)	---->	  copies bytes out of the ring
 *	  loads out.pos (acquire)	<----	  stores out.pos (release)
 *	  may overwrite what is before it
 *
 * The release of in.pos orders the copying before the store: a reader that sees the
 * position also sees the bytes. The release of out.pos orders the reader's loads before
 * the store: a writer that sees that position may overwrite the bytes. Each acquire pairs
 * with the release on the other side.
 *
 * A position that the other side wrote has to come from another processor's cache. So
 * each side remembers the last value it saw and loads it again only when that is used up:
 * the new value can only mean more bytes, or more room.
 */
#include <linux/sched/stat.h>
#include <linux/uio.h>

#include "channel.h"

/*
 * Long transfers are published piece by piece, or the other side would sleep while this
 * one copies and the two would only take turns.
 */
#define PIECE (16u << 10)

/*
 * Takes an end. Returns true; or false, with an error in *err, or with 0 there: try again
 * when the end is free.
 *
 * mutex_lock() spins while the holder runs, which is best where this processor has
 * nothing else to do. Where the processor has other tasks, a patient task had better give
 * it to them: two readers at one end of the channel can only take turns, while a reader
 * and a writer work at the same time.
 */
static bool enter(struct end *end, bool patient, int *err)
{
	*err = 0;
	if (likely(mutex_trylock(&end->mutex)))
		return true;
	if (patient && !single_task_running())
		return false;
	if (!mutex_lock_interruptible(&end->mutex))
		return true;
	*err = -ERESTARTSYS;
	return false;
}

static bool split_busy(const struct queue *queue)
{
	struct channel *channel = queue->channel;

	return mutex_is_locked(queue == &channel->readers ? &channel->out.mutex :
							    &channel->in.mutex);
}

/* How many bytes the reader may take. Only the reader itself can make that fewer. */
static unsigned int bytes_queued(struct channel *channel)
{
	struct end *out = &channel->out;

	if (out->far == out->pos)
		out->far = smp_load_acquire(&channel->in.pos); /* see put_piece() */
	return out->far - out->pos;
}

/* How much room the writer has, which needs so much of it. */
static unsigned int room_left(struct channel *channel, size_t needed)
{
	struct end *in = &channel->in;
	unsigned int room = channel->capacity - (in->pos - in->far);

	if (room < needed) {
		in->far = smp_load_acquire(&channel->out.pos); /* see take_piece() */
		room = channel->capacity - (in->pos - in->far);
	}
	return room;
}

static ssize_t take_piece(struct channel *channel, struct iov_iter *to)
{
	struct end *out = &channel->out;
	ssize_t n;

	n = ring_to_user(&channel->ring, out->pos, min(bytes_queued(channel), PIECE), to);
	if (n > 0) {
		out->bytes += n;
		/* Our loads before it: pairs with the acquire in room_left(). */
		smp_store_release(&out->pos, out->pos + n);
	}
	return n;
}

/* The mutex is held over all pieces: what one read gets is in one piece. */
static ssize_t split_take(struct channel *channel, struct iov_iter *to, bool patient)
{
	unsigned int tail;
	ssize_t n, sum = 0;
	int err;

	if (!enter(&channel->out, patient, &err))
		return err;
	for (;;) {
		tail = channel->out.pos;
		n = take_piece(channel, to);
		if (n > 0)
			sum += n;
		if (n <= 0 || !iov_iter_count(to))
			break;
		wake_writers(channel, tail, tail + n);
	}
	mutex_unlock(&channel->out.mutex);
	if (likely(n > 0))
		wake_writers(channel, tail, tail + n);
	else
		smp_mb(); /* the release of the end, for wake_after() */
	wake_after(&channel->readers);
	return sum ?: n;
}

static ssize_t put_piece(struct channel *channel, struct iov_iter *from, size_t atomic)
{
	size_t needed = room_needed(channel, atomic);
	unsigned int room = room_left(channel, needed);
	struct end *in = &channel->in;
	ssize_t n;

	if (room < needed)
		return 0;
	n = ring_from_user(&channel->ring, in->pos, min(room, PIECE), from);
	if (n > 0 && n < needed)
		return -EFAULT;	/* part of what must go in one piece: nothing is queued */
	if (n > 0) {
		in->bytes += n;
		/* Our stores before it: pairs with the acquire in bytes_queued(). */
		smp_store_release(&in->pos, in->pos + n);
	}
	return n;
}

static ssize_t split_put(struct channel *channel, struct iov_iter *from, size_t atomic,
			 bool patient)
{
	unsigned int head;
	ssize_t n, sum = 0;
	int err;

	if (!enter(&channel->in, patient, &err))
		return err;
	for (;;) {
		head = channel->in.pos;
		n = put_piece(channel, from, sum ? 0 : atomic);
		if (n > 0)
			sum += n;
		if (n <= 0 || !iov_iter_count(from))
			break;
		wake_readers(channel, head);
	}
	mutex_unlock(&channel->in.mutex);
	if (likely(n > 0))
		wake_readers(channel, head);
	else
		smp_mb(); /* the release of the end, for wake_after() */
	wake_after(&channel->writers);
	return sum ?: n;
}

/*
 * Always the writers' end first, so that two tasks that freeze do not wait for each
 * other.
 */
static int split_freeze(struct channel *channel)
{
	if (mutex_lock_interruptible(&channel->in.mutex))
		return -EINTR;
	if (mutex_lock_interruptible(&channel->out.mutex)) {
		mutex_unlock(&channel->in.mutex);
		return -EINTR;
	}
	return 0;
}

/*
 * Both positions may have been moved: what each side remembers of the other is renewed.
 */
static void split_thaw(struct channel *channel)
{
	channel->in.far = channel->out.pos;
	channel->out.far = channel->in.pos;
	mutex_unlock(&channel->out.mutex);
	mutex_unlock(&channel->in.mutex);
}

const struct discipline lock_split = {
	.name = "split",
	.take = split_take,
	.put = split_put,
	.busy = split_busy,
	.freeze = split_freeze,
	.thaw = split_thaw,
};
