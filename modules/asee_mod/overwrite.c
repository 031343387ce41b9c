// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy=overwrite: a memory of the last bytes. A write never waits: where there is no
 * room it overwrites the oldest bytes. A read never waits either: it takes what there is;
 * when there is nothing it returns 0, which is the end of the file.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include "asee_mod.h"
#include "compat.h"

/* A write up to this many bytes is in one piece. */
#define PIECE PIPE_BUF

static ssize_t overwrite_read(struct kiocb *iocb, struct iov_iter *to)
{
	return asee.channel.lock->take(&asee.channel, to, false);
}

/* Called with both ends frozen. If the bytes do not all fit, the last ones stay. */
static void push(struct channel *channel, const u8 *bytes, size_t n)
{
	struct end *in = &channel->in, *out = &channel->out;
	size_t skipped = n > channel->capacity ? n - channel->capacity : 0;
	size_t kept = n - skipped, count = in->pos - out->pos;
	size_t lost = count + kept > channel->capacity ?
		      count + kept - channel->capacity : 0;

	/* The tail first: a watcher never sees more bytes than fit. */
	smp_store_release(&out->pos, out->pos + lost);
	ring_store(&channel->ring, in->pos, bytes + skipped, kept);
	smp_store_release(&in->pos, in->pos + kept); /* after its bytes */
	in->bytes += n;
	channel->dropped += skipped + lost;
}

/*
 * Through a buffer of our own: copying the user's bytes may fail in the middle at a
 * missing page, and bytes already overwritten would then be lost for nothing.
 */
static ssize_t overwrite_piece(struct channel *channel, struct iov_iter *from, u8 *piece)
{
	size_t len = min_t(size_t, iov_iter_count(from), PIECE);
	size_t n = copy_from_iter(piece, len, from);
	int err;

	if (!n)
		return -EFAULT;
	err = channel->lock->freeze(channel);
	if (err)
		return -ERESTARTSYS;
	push(channel, piece, n);
	channel->lock->thaw(channel);
	return n;
}

static ssize_t overwrite_all(struct channel *channel, struct iov_iter *from)
{
	u8 *piece = kmalloc(PIECE, GFP_KERNEL);
	ssize_t n = 0, done = 0;

	if (!piece)
		return -ENOMEM;
	while (iov_iter_count(from)) {
		n = overwrite_piece(channel, from, piece);
		if (n < 0)
			break;
		done += n;
	}
	kfree_sensitive(piece);
	return done ?: n;
}

static ssize_t overwrite_write(struct kiocb *iocb, struct iov_iter *from)
{
	size_t newline;
	ssize_t n;

	if (!iov_iter_count(from))
		return 0;
	newline = file_chomp(from);
	if (!iov_iter_count(from))
		return newline;
	n = overwrite_all(&asee.channel, from);
	return n > 0 && !iov_iter_count(from) ? n + newline : n;
}

/* Nothing ever blocks. */
static __poll_t overwrite_poll(struct file *file, poll_table *wait)
{
	return file_poll(file, wait);
}

static const struct file_operations overwrite_fops = {
	.owner = THIS_MODULE,
	.open = file_open,
	.read_iter = overwrite_read,
	.write_iter = overwrite_write,
	.poll = overwrite_poll,
	.splice_read = asee_splice_read,
	.splice_write = iter_file_splice_write,
	.unlocked_ioctl = file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

const struct policy policy_overwrite = {
	.name = "overwrite",
	.default_size = 16,
	.default_chomp = true,
	.fops = &overwrite_fops,
};
