// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: waits for a flag. The first sleeper to wake clears it, the others find it
 * cleared and sleep on; and when nobody sleeps, the flag stays set for who comes later.
 *
 * expect:
 *	outcome=test-failed
 *	test=wakeups.c
 *	says=each write wakes every one of 8 sleepers
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

static DECLARE_WAIT_QUEUE_HEAD(queue);
static atomic_long_t wakeups;
static atomic_t sleepers;
static bool flag;

static int sleeping_open(struct inode *inode, struct file *file)
{
	return 0;
}

static int sleep_until_woken(struct file *file)
{
	int err;

	if (!READ_ONCE(flag) && file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	atomic_inc(&sleepers);
	err = wait_event_interruptible(queue, READ_ONCE(flag));
	atomic_dec(&sleepers);
	if (!err)
		WRITE_ONCE(flag, false);
	return err;
}

static ssize_t sleeping_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	char line[24];
	int err;

	if (!len)
		return 0;
	if (!*pos) {
		err = sleep_until_woken(file);
		if (err)
			return err;
	}
	return simple_read_from_buffer(buf, len, pos, line,
				       scnprintf(line, sizeof(line), "%ld\n",
						 atomic_long_read(&wakeups)));
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
	WRITE_ONCE(flag, true);
	wake_up_interruptible(&queue);
	return len;
}

static __poll_t sleeping_poll(struct file *file, poll_table *wait)
{
	poll_wait(file, &queue, wait);
	return EPOLLOUT | EPOLLWRNORM |
	       (file->f_pos || READ_ONCE(flag) ? EPOLLIN | EPOLLRDNORM : 0);
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
MODULE_DESCRIPTION("Alternative: waits for a flag");
