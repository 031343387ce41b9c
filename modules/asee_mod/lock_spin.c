// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock=spin: one spinlock for the whole device. A task that holds a spinlock must not
 * sleep: others keep their processors busy until it is released. Copying from or to a
 * user may sleep, because a page may be missing, and so may waiting. So the lock guards
 * only the few words that say which task owns which end, and a task
 *
 *	1. under the lock, waits for its turn at one end, and marks that end as busy;
 *	2. without the lock, copies: nobody else moves that end meanwhile;
 *	3. under the lock, moves the position, ends its turn and calls the next one.
 *
 * Step 1 rebuilds by hand what a mutex has inside: a queue of sleepers.
 */
#include <linux/sched/signal.h>
#include <linux/uio.h>

#include "channel.h"

/*
 * Takes the right to one end; called and left with the lock held, which is released
 * around schedule(). Exclusive: the end of a turn wakes one task, not all. The wake-up is
 * not lost when the woken task then finds a signal: it gives up only while another task
 * has the turn, and the end of that turn wakes the next one.
 *
 * A task that comes along just then may take the turn before the woken one gets it. A
 * mutex would notice this after a while and give the turn to the woken task; this code
 * does not.
 */
static int turn_begin(struct channel *channel, struct end *end)
{
	DEFINE_WAIT(wait);
	int err = 0;

	while (end->busy) {
		prepare_to_wait_exclusive(&end->turn, &wait, TASK_INTERRUPTIBLE);
		if (signal_pending(current)) {
			err = -ERESTARTSYS;
			break;
		}
		spin_unlock(&channel->spin);
		schedule();
		spin_lock(&channel->spin);
	}
	finish_wait(&end->turn, &wait);
	if (!err)
		end->busy = true;
	return err;
}

/*
 * Also called with the lock held: the queue cannot change between the mark and the
 * wake-up.
 */
static void turn_end(struct end *end)
{
	end->busy = false;
	wake_up_interruptible(&end->turn);
}

static ssize_t spin_take(struct channel *channel, struct iov_iter *to, bool patient)
{
	struct end *out = &channel->out;
	unsigned int tail, count;
	ssize_t n;
	int err;

	spin_lock(&channel->spin);
	err = turn_begin(channel, out);
	tail = out->pos;
	count = channel->in.pos - tail;
	spin_unlock(&channel->spin);
	if (err)
		return err;

	n = ring_to_user(&channel->ring, tail, count, to);

	spin_lock(&channel->spin);
	if (n > 0) {
		out->bytes += n;
		/* The bytes are out before the position says so. */
		smp_store_release(&out->pos, tail + n);
	}
	turn_end(out);
	spin_unlock(&channel->spin);

	if (n > 0)
		wake_writers(channel, tail, tail + n);
	return n;
}

static ssize_t spin_put(struct channel *channel, struct iov_iter *from, size_t atomic,
			bool patient)
{
	struct end *in = &channel->in;
	unsigned int head, room;
	size_t needed;
	ssize_t n = 0;
	int err;

	spin_lock(&channel->spin);
	err = turn_begin(channel, in);
	head = in->pos;
	room = channel->capacity - (head - channel->out.pos);
	needed = room_needed(channel, atomic);
	spin_unlock(&channel->spin);
	if (err)
		return err;

	if (room >= needed)
		n = ring_from_user(&channel->ring, head, room, from);
	if (n > 0 && n < needed)
		n = -EFAULT;	/* part of what must go in one piece: nothing is queued */

	spin_lock(&channel->spin);
	if (n > 0) {
		in->bytes += n;
		/* The bytes are in before the position says so. */
		smp_store_release(&in->pos, head + n);
	}
	turn_end(in);
	spin_unlock(&channel->spin);

	if (n > 0)
		wake_readers(channel, head);
	return n;
}

/* Both turns; the writers' first, as everywhere. The lock itself is not kept. */
static int spin_freeze(struct channel *channel)
{
	int err;

	spin_lock(&channel->spin);
	err = turn_begin(channel, &channel->in);
	if (!err) {
		err = turn_begin(channel, &channel->out);
		if (err)
			turn_end(&channel->in);
	}
	spin_unlock(&channel->spin);
	return err ? -EINTR : 0;
}

static void spin_thaw(struct channel *channel)
{
	spin_lock(&channel->spin);
	turn_end(&channel->out);
	turn_end(&channel->in);
	spin_unlock(&channel->spin);
}

const struct discipline lock_spin = {
	.name = "spin",
	.take = spin_take,
	.put = spin_put,
	.freeze = spin_freeze,
	.thaw = spin_thaw,
};
