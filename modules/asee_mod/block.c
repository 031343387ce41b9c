// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy=block: a pipe. A read waits until there is at least one byte and returns what
 * there is; a write waits until all of it is written, in one piece where it is no
 * longer than PIPE_BUF. There is no end of file: somebody may always open the device
 * and write.
 *
 * No lock is held while waiting. A task that does not have to wait does not touch the
 * queues.
 */
#include <linux/module.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include "asee_mod.h"
#include "compat.h"

static noinline ssize_t read_later(struct channel *channel, struct iov_iter *to)
{
	struct waiter waiter;
	ssize_t n;

	waiter_init(&waiter, &channel->readers, 0);
	do {
		n = waiter_wait(&waiter);
		if (!n)
			n = channel->lock->take(channel, to, !waiter.hungry);
	} while (!n);
	waiter_leave(&waiter, n > 0);
	return n;
}

static ssize_t block_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct channel *channel = &asee.channel;
	const bool nonblock = may_not_block(iocb);
	ssize_t n = 0;

	if (unlikely(!iov_iter_count(to)))
		return 0;
	if (likely(queue_open(&channel->readers)))
		n = channel->lock->take(channel, to, !nonblock);
	if (likely(n))
		return n;
	return nonblock ? -EAGAIN : read_later(channel, to);
}

static noinline ssize_t write_later(struct channel *channel, struct iov_iter *from,
				    size_t atomic)
{
	struct waiter waiter;
	ssize_t n;

	waiter_init(&waiter, &channel->writers, atomic);
	do {
		n = waiter_wait(&waiter);
		if (!n)
			n = channel->lock->put(channel, from, atomic, !waiter.hungry);
	} while (!n);
	waiter_leave(&waiter, n > 0);
	return n;
}

/* Queues something, at least a byte; all of it where it has to go in one piece. */
static ssize_t write_some(struct channel *channel, struct iov_iter *from, size_t atomic,
			  bool nonblock)
{
	ssize_t n = 0;

	if (likely(queue_open(&channel->writers)))
		n = channel->lock->put(channel, from, atomic, !nonblock);
	if (likely(n))
		return n;
	return nonblock ? -EAGAIN : write_later(channel, from, atomic);
}

/*
 * Bytes that are queued stay queued: when a signal, a bad pointer or a full channel stops
 * a long write in the middle, the write returns how much went through. When the interrupt
 * stops it, it returns an error instead, as every blocked task does.
 */
static ssize_t write_all(struct channel *channel, struct iov_iter *from, bool nonblock)
{
	size_t done = 0;
	ssize_t n;

	do {
		n = write_some(channel, from, done ? 0 : iov_iter_count(from), nonblock);
		if (likely(n > 0))
			done += n;
	} while (n > 0 && unlikely(iov_iter_count(from)));

	if (likely(n > 0))
		return done;
	return n == -EIO || !done ? n : done;
}

static noinline ssize_t write_chomped(struct iov_iter *from, bool nonblock)
{
	size_t newline = file_chomp(from);
	ssize_t n;

	if (!iov_iter_count(from))
		return newline;
	n = write_all(&asee.channel, from, nonblock);
	return n > 0 && !iov_iter_count(from) ? n + newline : n;
}

static ssize_t block_write(struct kiocb *iocb, struct iov_iter *from)
{
	if (unlikely(!iov_iter_count(from)))
		return 0;
	if (unlikely(asee.chomp))
		return write_chomped(from, may_not_block(iocb));
	return write_all(&asee.channel, from, may_not_block(iocb));
}

/*
 * Writable means room for a whole PIPE_BUF: a write of up to that size must go in one
 * piece, and it shall not block after poll() said that it would not.
 */
static __poll_t block_poll(struct file *file, poll_table *wait)
{
	const struct channel *channel = &asee.channel;
	__poll_t mask = file_poll(file, wait), ready = 0;

	if (channel_count(channel))
		ready |= EPOLLIN | EPOLLRDNORM;
	if (channel_room(channel) >= channel_atomic(channel))
		ready |= EPOLLOUT | EPOLLWRNORM;
	return ready & mask;
}

/* .owner: an open file keeps the module loaded, and with it everybody who sleeps here. */
static const struct file_operations block_fops = {
	.owner = THIS_MODULE,
	.open = file_open,
	.read_iter = block_read,
	.write_iter = block_write,
	.poll = block_poll,
	.splice_read = asee_splice_read,
	.splice_write = iter_file_splice_write,
	.unlocked_ioctl = file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

const struct policy policy_block = {
	.name = "block",
	.default_size = 65536,
	.default_chomp = false,
	.fops = &block_fops,
};
