// SPDX-License-Identifier: GPL-2.0-only
/* How the channel is made, changes its size, and is freed. */
#include "channel.h"

static void end_init(struct end *end)
{
	mutex_init(&end->mutex);
	init_waitqueue_head(&end->turn);
}

int channel_init(struct channel *channel, const struct discipline *lock, size_t size)
{
	channel->lock = lock;
	channel->capacity = size;
	end_init(&channel->in);
	end_init(&channel->out);
	spin_lock_init(&channel->spin);
	mutex_init(&channel->mutex);
	queue_init(&channel->readers, channel);
	queue_init(&channel->writers, channel);
	return ring_alloc(&channel->ring, size);
}

/* Nobody can sleep here any more: each open file holds a reference to the module. */
void channel_destroy(struct channel *channel)
{
	queue_destroy(&channel->readers);
	queue_destroy(&channel->writers);
	ring_free(&channel->ring);
}

/*
 * The memory is allocated before, and freed after, the time in which everybody else has
 * to wait. A task that sleeps for bytes or for room holds neither end, so a resize never
 * waits for it.
 */
int channel_resize(struct channel *channel, unsigned long size)
{
	struct ring ring, old;
	unsigned int count;
	int err;

	if (!size || size > ASEE_MAX_SIZE)
		return -EINVAL;
	err = ring_alloc(&ring, size);
	if (err)
		return err;
	err = channel->lock->freeze(channel);
	if (err) {
		ring_free(&ring);
		wake_thawed(channel);	/* one end may have been held for a while */
		return err;
	}

	count = channel->in.pos - channel->out.pos;
	if (count > size) {
		old = ring;
		err = -EBUSY;
	} else {
		ring_move(&ring, &channel->ring, channel->out.pos, count);
		old = channel->ring;
		channel->ring = ring;
		WRITE_ONCE(channel->capacity, size);
	}
	channel->lock->thaw(channel);

	ring_free(&old);
	wake_thawed(channel);
	return err;
}
