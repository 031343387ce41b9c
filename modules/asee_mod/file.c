// SPDX-License-Identifier: GPL-2.0-only
/* What /dev/asee_mod does whatever its policy. */
#include <linux/uaccess.h>
#include <linux/uio.h>

#include <asm/ioctls.h>

#include "asee_mod.h"

/*
 * A stream: no position, no lseek(2), no pread(2), and no lock of the open file around
 * read and write: with that lock a blocked reader would keep every task that shares the
 * open file (after a fork, for example) from writing. NOWAIT: reads and writes can be
 * told not to block.
 */
int file_open(struct inode *inode, struct file *file)
{
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);
}

/*
 * Is the last byte of the write a newline? Read through a copy of the iterator. A missing
 * page is no error here: the real copy later finds it.
 */
static bool ends_with_newline(const struct iov_iter *from)
{
	struct iov_iter last = *from;
	char byte;

	iov_iter_advance(&last, iov_iter_count(&last) - 1);
	return copy_from_iter(&byte, 1, &last) == 1 && byte == '\n';
}

size_t file_chomp(struct iov_iter *from)
{
	if (!asee.chomp || !ends_with_newline(from))
		return 0;
	iov_iter_truncate(from, iov_iter_count(from) - 1);
	return 1;
}

/*
 * First joins the queue; the caller checks the condition afterwards, so a byte that
 * arrives in between wakes us. Older kernels have no barrier of their own in poll_wait().
 * Returns what the file may be asked about, by the way it was opened.
 */
__poll_t file_poll(struct file *file, poll_table *wait)
{
	__poll_t mask = 0;

	if (file->f_mode & FMODE_READ) {
		poll_wait(file, &asee.channel.readers.pollers, wait);
		mask |= EPOLLIN | EPOLLRDNORM;
	}
	if (file->f_mode & FMODE_WRITE) {
		poll_wait(file, &asee.channel.writers.pollers, wait);
		mask |= EPOLLOUT | EPOLLWRNORM;
	}
	/*
	 * Joined the queue before checking what is ready: pairs with the wakers' barrier.
	 */
	smp_mb();
	return mask;
}

long file_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	if (command != FIONREAD)
		return -ENOTTY;
	return put_user(channel_count(&asee.channel), (int __user *)arg);
}
