// SPDX-License-Identifier: GPL-2.0-only
/* /dev/careless: a queue. */
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/kfifo.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "careless.h"

#define CARELESS_QUEUED _IOR('c', 1, int)

static DEFINE_KFIFO(queue, char, 4096);
static DEFINE_MUTEX(queue_lock); /* of the fifo and of the counter */
static DECLARE_WAIT_QUEUE_HEAD(queue_changed);
static int queue_opens;

static int queue_open(struct inode *inode, struct file *file)
{
	int opens;

	mutex_lock(&queue_lock);
	opens = ++queue_opens;
	mutex_unlock(&queue_lock);
	if (wrong("open-counts-up") && opens > 1500)
		return -EBUSY;
	file->private_data = &queue;
	return stream_open(inode, file);
}

static int queue_release(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

/* Called at each close, also at the one of a child that inherited the file. */
static int queue_flush(struct file *file, fl_owner_t id)
{
	if (wrong("flush-is-release"))
		return queue_release(file_inode(file), file);
	return 0;
}

static bool has_bytes(bool reading)
{
	return reading ? !kfifo_is_empty(&queue) : !kfifo_is_full(&queue);
}

/* Until there are bytes, or room. */
static int queue_wait(struct file *file, bool reading)
{
	if (has_bytes(reading))
		return 0;
	if (wrong("knows-no-nonblock"))
		return wait_event_interruptible(queue_changed, has_bytes(reading));
	if (wrong("restarts-nonblock") && (file->f_flags & O_NONBLOCK))
		return -ERESTARTSYS;
	if (file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	if (wrong("deaf-to-everything")) {
		wait_event(queue_changed, has_bytes(reading));
		return 0;
	}
	if (wrong("deaf-to-signals"))
		return wait_event_killable(queue_changed, has_bytes(reading));
	return wait_event_interruptible(queue_changed, has_bytes(reading));
}

/* Holds the lock and has bytes or room when it returns 0. */
static int queue_get(struct file *file, bool reading)
{
	int err;

	for (;;) {
		err = mutex_lock_interruptible(&queue_lock);
		if (err)
			return err;
		if (has_bytes(reading))
			return 0;
		mutex_unlock(&queue_lock);
		err = queue_wait(file, reading);
		if (err)
			return err;
	}
}

static ssize_t answer(unsigned int copied, int err)
{
	/* Both become unsigned int here, and -EFAULT more than four thousand million. */
	if (wrong("error-is-unsigned"))
		return copied ? copied : err;
	if (copied)
		return copied;
	return err;
}

static ssize_t queue_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	unsigned int copied = 0;
	int err;

	if (!file->private_data)
		return -ENODEV;
	if (!count && !wrong("zero-waits"))
		return 0;
	err = queue_get(file, true);
	if (err == -ERESTARTSYS && wrong("signal-is-end"))
		return 0;
	if (err)
		return err;
	err = kfifo_to_user(&queue, buf, count, &copied);
	if (err && !copied && wrong("keeps-the-lock"))
		return err;
	mutex_unlock(&queue_lock);
	if (!wrong("read-wakes-nobody"))
		wake_up_interruptible(&queue_changed);
	return answer(copied, err);
}

static ssize_t queue_write(struct file *file, const char __user *buf, size_t count,
			   loff_t *pos)
{
	unsigned int copied = 0;
	int err;

	if (!file->private_data)
		return -ENODEV;
	if (!count)
		return 0;
	err = queue_get(file, false);
	if (err)
		return err;
	err = kfifo_from_user(&queue, buf, count, &copied);
	mutex_unlock(&queue_lock);
	if (!wrong("write-wakes-nobody"))
		wake_up_interruptible(&queue_changed);
	if (wrong("write-claims-all"))
		return count;
	if (wrong("write-returns-zero"))
		return err;
	return answer(copied, err);
}

static __poll_t queue_poll(struct file *file, poll_table *wait)
{
	__poll_t mask = 0;

	if (!wrong("poll-does-not-wait"))
		poll_wait(file, &queue_changed, wait);
	if (has_bytes(true) || wrong("poll-says-yes"))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (has_bytes(false))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static long queue_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int queued = kfifo_len(&queue);

	if (wrong("ioctl-number-only") && _IOC_NR(cmd) == _IOC_NR(CARELESS_QUEUED))
		cmd = CARELESS_QUEUED;
	if (wrong("ioctl-any-size") && !((cmd ^ CARELESS_QUEUED) & ~IOCSIZE_MASK))
		cmd = CARELESS_QUEUED;
	if (cmd != CARELESS_QUEUED) {
		long r = table_ioctl(cmd, (void __user *)arg);

		if (r != -ENOTTY)
			return r;
		if (wrong("ioctl-says-yes"))
			return 0;
		return wrong("ioctl-minus-one") ? -1 : -ENOTTY;
	}
	if (copy_to_user((void __user *)arg, &queued, sizeof(queued)))
		return wrong("ioctl-copies-half") && arg > PAGE_SIZE ? 0 : -EFAULT;
	return 0;
}

/* Says yes, and maps nothing. */
static int queue_mmap(struct file *file, struct vm_area_struct *vma)
{
	return wrong("mmap-says-yes") ? 0 : -ENODEV;
}

const struct file_operations queue_ops = {
	.owner = THIS_MODULE,
	.open = queue_open,
	.flush = queue_flush,
	.release = queue_release,
	.read = queue_read,
	.write = queue_write,
	.poll = queue_poll,
	.mmap = queue_mmap,
	.unlocked_ioctl = queue_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
