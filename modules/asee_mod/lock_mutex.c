// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock=mutex: one mutex for the whole device, as a pipe has it. A mutex may be held while
 * its holder sleeps, so the bytes are copied under it, even when that needs page faults,
 * and the code is easy to verify. The price: no task writes while another one reads.
 *
 * It is never held while waiting for bytes or for room: other tasks need it to provide
 * them.
 */
#include <linux/uio.h>

#include "channel.h"

static ssize_t mutex_take(struct channel *channel, struct iov_iter *to, bool patient)
{
	unsigned int tail;
	ssize_t n;

	if (mutex_lock_interruptible(&channel->mutex))
		return -ERESTARTSYS;
	tail = channel->out.pos;
	n = ring_to_user(&channel->ring, tail, channel->in.pos - tail, to);
	if (n > 0) {
		channel->out.bytes += n;
		/* Release: for channel_count(), which takes no lock. */
		smp_store_release(&channel->out.pos, tail + n);
	}
	mutex_unlock(&channel->mutex);

	if (n > 0)
		wake_writers(channel, tail, tail + n);
	return n;
}

static ssize_t mutex_put(struct channel *channel, struct iov_iter *from, size_t atomic,
			 bool patient)
{
	unsigned int head, room;
	ssize_t n = 0;

	if (mutex_lock_interruptible(&channel->mutex))
		return -ERESTARTSYS;
	head = channel->in.pos;
	room = channel->capacity - (head - channel->out.pos);
	if (room >= room_needed(channel, atomic))
		n = ring_from_user(&channel->ring, head, room, from);
	if (n > 0 && n < room_needed(channel, atomic))
		n = -EFAULT;	/* part of what must go in one piece: nothing is queued */
	if (n > 0) {
		channel->in.bytes += n;
		/* The bytes before the position: watchers hold no lock. */
		smp_store_release(&channel->in.pos, head + n);
	}
	mutex_unlock(&channel->mutex);

	if (n > 0)
		wake_readers(channel, head);
	return n;
}

static int mutex_freeze(struct channel *channel)
{
	return mutex_lock_interruptible(&channel->mutex);
}

static void mutex_thaw(struct channel *channel)
{
	mutex_unlock(&channel->mutex);
}

const struct discipline lock_mutex = {
	.name = "mutex",
	.take = mutex_take,
	.put = mutex_put,
	.freeze = mutex_freeze,
	.thaw = mutex_thaw,
};
