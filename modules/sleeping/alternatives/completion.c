// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, in another way: no common wait queue, but one completion for each sleeper, on
 * a list. Who writes hands each of them its number and completes it. There is no
 * condition to look at twice: a completion remembers that it has happened.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

static DEFINE_SPINLOCK(lock); /* guards all that follows, and struct reader */
static LIST_HEAD(asleep);
static unsigned int n_asleep;
static u64 wakeups;

static DECLARE_WAIT_QUEUE_HEAD(pollers);

/* On the stack of the task that sleeps. */
struct bed {
	struct list_head list;
	struct completion done;
	u64 number; /* 0: not woken yet */
};

struct reader {
	u64 seen;
};

static int sleeping_open(struct inode *inode, struct file *file)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	spin_lock(&lock);
	r->seen = wakeups;
	spin_unlock(&lock);
	file->private_data = r;
	return 0;
}

static int sleeping_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

/* The number of the next wake-up, or of one that has not been seen, in *@number. */
static int lie_down(struct file *file, u64 *number)
{
	struct reader *r = file->private_data;
	struct bed bed = { .done = COMPLETION_INITIALIZER_ONSTACK(bed.done) };
	int err;

	spin_lock(&lock);
	if (r->seen != wakeups || file->f_flags & O_NONBLOCK) {
		err = r->seen == wakeups ? -EAGAIN : 0;
		*number = wakeups;
		spin_unlock(&lock);
		return err;
	}
	list_add_tail(&bed.list, &asleep);
	n_asleep++;
	spin_unlock(&lock);

	err = wait_for_completion_interruptible(&bed.done);

	/* A signal and a wake-up at the same moment: the wake-up counts. */
	spin_lock(&lock);
	if (!bed.number) {
		list_del(&bed.list);
		n_asleep--;
	} else {
		err = 0;
	}
	spin_unlock(&lock);
	*number = bed.number;
	return err;
}

static ssize_t sleeping_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct reader *r = file->private_data;
	char line[24];
	u64 number;
	ssize_t n;
	int err;

	if (!len)
		return 0;
	if (*pos == 0) {
		err = lie_down(file, &number);
		if (err)
			return err;
	} else {
		spin_lock(&lock);
		number = r->seen;
		spin_unlock(&lock);
	}
	n = scnprintf(line, sizeof(line), "%llu\n", number);
	n = simple_read_from_buffer(buf, len, pos, line, n);
	spin_lock(&lock);
	if (n > 0 && number > r->seen)
		r->seen = number;
	spin_unlock(&lock);
	return n;
}

static ssize_t sleeping_write(struct file *file, const char __user *buf, size_t len,
			      loff_t *pos)
{
	struct bed *bed, *next;
	char line[80];

	if (!len)
		return 0;
	if (len > sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buf, len))
		return -EFAULT;
	spin_lock(&lock);
	wakeups++;
	/* The bed is gone as soon as its owner gets the lock: not before we let it go. */
	list_for_each_entry_safe(bed, next, &asleep, list) {
		list_del(&bed->list);
		bed->number = wakeups;
		complete(&bed->done);
	}
	n_asleep = 0;
	spin_unlock(&lock);
	wake_up_interruptible(&pollers);
	return len;
}

static __poll_t sleeping_poll(struct file *file, poll_table *wait)
{
	struct reader *r = file->private_data;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &pollers, wait);
	spin_lock(&lock);
	if (file->f_pos || r->seen != wakeups)
		mask |= EPOLLIN | EPOLLRDNORM;
	spin_unlock(&lock);
	return mask;
}

static const struct file_operations sleeping_fops = {
	.owner = THIS_MODULE,
	.open = sleeping_open,
	.release = sleeping_release,
	.read = sleeping_read,
	.write = sleeping_write,
	.poll = sleeping_poll,
	.llseek = default_llseek,
};

static ssize_t sleepers_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(n_asleep));
}
static DEVICE_ATTR_RO(sleepers);

static ssize_t wakeups_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(wakeups));
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
MODULE_DESCRIPTION("Alternative: a completion for each sleeper");
