/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/sleeping with one wait queue, and in each open file's pointer the number of the
 * last wake-up that it has seen. Right, unless the file that includes this defines one
 * of the macros below first.
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#ifndef WOKEN /* has there been a wake-up since that one? */
#define WOKEN(since) (atomic_long_read(&wakeups) != (since))
#endif
#ifndef WOULD_BLOCK /* may the reader not wait? */
#define WOULD_BLOCK(file) ((file)->f_flags & O_NONBLOCK)
#endif
#ifndef WAIT /* until there has been one, and be counted meanwhile: 0, or an error */
#define WAIT(since) COUNTED(wait_event_interruptible(queue, WOKEN(since)))
#endif
#ifndef WAKE
#define WAKE() wake_up_interruptible(&queue)
#endif

static DECLARE_WAIT_QUEUE_HEAD(queue);
static atomic_long_t wakeups;
static atomic_t sleepers;

/* What @wait returns; the task counts as a sleeper as long as that takes. */
#define COUNTED(wait)						\
({								\
	int waited;						\
								\
	atomic_inc(&sleepers);					\
	waited = (wait);					\
	atomic_dec(&sleepers);					\
	waited;							\
})

/* What the open file has seen is kept in the pointer itself. */
static int sleeping_open(struct inode *inode, struct file *file)
{
	file->private_data = (void *)atomic_long_read(&wakeups);
	return 0;
}

static int sleep_until_woken(struct file *file, unsigned long since)
{
	if (!WOKEN(since) && WOULD_BLOCK(file))
		return -EAGAIN;
	return WAIT(since);
}

static ssize_t sleeping_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	unsigned long now = (unsigned long)READ_ONCE(file->private_data);
	char line[24];
	ssize_t n;
	int err;

	if (!len)
		return 0;
	if (!*pos) {
		err = sleep_until_woken(file, now);
		if (err)
			return err;
		now = atomic_long_read(&wakeups);
	}
	n = scnprintf(line, sizeof(line), "%lu\n", now);
	n = simple_read_from_buffer(buf, len, pos, line, n);
	if (n > 0)
		WRITE_ONCE(file->private_data, (void *)now);
	return n;
}

static ssize_t sleeping_write(struct file *file, const char __user *buf, size_t len,
			      loff_t *pos)
{
	char line[80];

	if (!len)
		return 0;
	if (len > sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buf, len))
		return -EFAULT;
	atomic_long_inc(&wakeups);
	WAKE();
	return len;
}

static __poll_t sleeping_poll(struct file *file, poll_table *wait)
{
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &queue, wait);
	if (file->f_pos || WOKEN((unsigned long)READ_ONCE(file->private_data)))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

static const struct file_operations sleeping_fops = {
	.owner = THIS_MODULE,
	.open = sleeping_open,
	.read = sleeping_read,
	.write = sleeping_write,
	.poll = sleeping_poll,
	.llseek = default_llseek,
};

static ssize_t sleepers_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&sleepers));
}
static DEVICE_ATTR_RO(sleepers);

static ssize_t wakeups_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%ld\n", atomic_long_read(&wakeups));
}
static DEVICE_ATTR_RO(wakeups);

static struct attribute *sleeping_attrs[] = {
	&dev_attr_sleepers.attr,
	&dev_attr_wakeups.attr,
	NULL,
};
ATTRIBUTE_GROUPS(sleeping);

static struct miscdevice sleeping_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sleeping",
	.fops = &sleeping_fops,
	.groups = sleeping_groups,
};
module_misc_device(sleeping_device);

MODULE_LICENSE("GPL");
