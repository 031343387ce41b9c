// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts a task to sleep in a wait queue, and wakes it. A task that reads /dev/sleeping
 * sleeps until another one writes to it; the write wakes all tasks that sleep at that
 * moment, each once.
 *
 * What makes it right is that a sleeper waits for a number to change and not for a flag
 * to be set. A flag has to be cleared by somebody: if the first task to wake does it, the
 * others find it cleared and go back to sleep; if nobody does it, a task that comes later
 * does not sleep at all. A number needs no clearing. Each task compares it with what it
 * was when that task went to sleep.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define MAX_LINE 80 /* bytes of one write */

/* A list of sleeping tasks and the spinlock that guards it. */
static DECLARE_WAIT_QUEUE_HEAD(bedroom);

static atomic_long_t wakeups; /* how many there have been */
static atomic_t sleepers; /* how many tasks sleep now */

/*
 * One for each open file. It remembers the last wake-up that its readers have seen, so
 * that a wake-up between two reads of one file is found by the second read instead of
 * being missed.
 */
struct sleeper {
	spinlock_t lock; /* after fork() several tasks read one open file */
	unsigned long seen;
};

static bool woken(unsigned long since)
{
	return atomic_long_read(&wakeups) != since;
}

/* Forward only: of two readers of one file, the slower has seen less than the other. */
static void now_seen(struct sleeper *s, unsigned long wakeup)
{
	spin_lock(&s->lock);
	if ((long)(wakeup - s->seen) > 0)
		WRITE_ONCE(s->seen, wakeup);
	spin_unlock(&s->lock);
}

/* Process context, and we may sleep. A file that was just opened has seen everything. */
static int sleeping_open(struct inode *inode, struct file *file)
{
	struct sleeper *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	spin_lock_init(&s->lock);
	s->seen = atomic_long_read(&wakeups);
	file->private_data = s;
	return 0;
}

/* Runs when the last descriptor of the open file is gone, so nobody sleeps in it. */
static int sleeping_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

/*
 * First checking the condition and then going to sleep is the classic mistake, the lost
 * wake-up:
 *
 *	reader					writer
 *	nobody has woken me yet
 *						counts, wakes all: the queue is empty
 *	sleeps, for a wake-up that is past
 *
 * wait_event_interruptible() therefore enters the queue and marks the task as sleeping
 * FIRST and looks at the condition again before it gives up the CPU. A wake-up in between
 * sets the task back to "running", and giving up the CPU in that state is harmless: it
 * will run again. After each wake-up it looks once more: being woken says "look again",
 * not "it is true".
 *
 * Interruptible (state S): a signal ends the sleep with -ERESTARTSYS. The kernel turns it
 * into EINTR, or enters read() once more where the signal has no handler or one with
 * SA_RESTART. wait_event() would be state D: no signal gets through, not even SIGKILL.
 *
 * Nobody can unload the module while we sleep: the open file holds a reference to it.
 */
static int sleep_until_woken(struct file *file, unsigned long since)
{
	int err;

	if (woken(since))
		return 0;
	if (file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	atomic_inc(&sleepers);
	err = wait_event_interruptible(bedroom, woken(since));
	atomic_dec(&sleepers);
	return err;
}

/*
 * The file holds one line, the number of the next wake-up, and reading its beginning
 * waits for it. The rest of the line and the end of the file are there without waiting,
 * so that cat sleeps once and ends. To sleep again in the same open file: pread() at 0,
 * or lseek().
 *
 * @since is a copy. Two tasks that sleep in one open file (fork) are both woken by the
 * next write, although the first of them changes s->seen.
 */
static ssize_t sleeping_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct sleeper *s = file->private_data;
	unsigned long since = READ_ONCE(s->seen), now = since;
	char line[24];
	ssize_t n;
	int err;

	if (!len)
		return 0;
	if (!*pos) {
		err = sleep_until_woken(file, since);
		if (err)
			return err;
		now = atomic_long_read(&wakeups);
	}
	n = scnprintf(line, sizeof(line), "%lu\n", now);
	n = simple_read_from_buffer(buf, len, pos, line, n);
	/* After -EFAULT the wake-up has not been delivered: the next read finds it. */
	if (n > 0)
		now_seen(s, now);
	return n;
}

/*
 * Each write of a line is one wake-up, whatever it says. It is read all the same, so that
 * a caller with a bad pointer is told. A write of more than MAX_LINE bytes is refused as
 * a mistake.
 *
 * First the number changes, then the wake-up is sent: a task that is about to sleep
 * either sees the new number or is in the queue already. Both sides pass through the lock
 * of the queue, which orders them.
 *
 * wake_up_interruptible() wakes all that sleep here, since they sleep non-exclusively.
 * Had they used wait_event_interruptible_exclusive(), it would wake one of them, the
 * longest asleep. That is right where a wake-up means "there is one thing to take": if
 * all were woken for it, all but one would find it gone and sleep again. Ours means "it
 * has happened", which is for all; wake_up_interruptible_all() wakes the exclusive ones
 * too.
 */
static ssize_t sleeping_write(struct file *file, const char __user *buf, size_t len,
			      loff_t *pos)
{
	char line[MAX_LINE];

	if (!len)
		return 0;
	if (len > sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buf, len))
		return -EFAULT;
	atomic_long_inc(&wakeups);
	wake_up_interruptible(&bedroom);
	return len;
}

/*
 * Says whether read() would return at once. It does not sleep itself: poll_wait() only
 * enters the caller into the queue, so that the next wake-up makes it ask again.
 */
static __poll_t sleeping_poll(struct file *file, poll_table *wait)
{
	struct sleeper *s = file->private_data;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &bedroom, wait);
	if (file->f_pos || woken(READ_ONCE(s->seen)))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

/*
 * .owner is what makes unloading safe. With it each open file holds a reference to this
 * module, and rmmod is told EWOULDBLOCK. Without it rmmod would free this code while
 * tasks sleep in it, and they would wake up in freed memory. A proc file has no owner:
 * its removal waits for calls that are under way, so rmmod itself would hang until
 * somebody wakes the last sleeper.
 */
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
	return sysfs_emit(buf, "%d\n", atomic_read(&sleepers));
}
static DEVICE_ATTR_RO(sleepers);

static ssize_t wakeups_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lu\n", (unsigned long)atomic_long_read(&wakeups));
}
static DEVICE_ATTR_RO(wakeups);

static struct attribute *sleeping_attrs[] = {
	&dev_attr_sleepers.attr,
	&dev_attr_wakeups.attr,
	NULL,
};
ATTRIBUTE_GROUPS(sleeping);

/*
 * 0600: a program that may open it can wake all others and keep the module from being
 * unloaded.
 */
static struct miscdevice sleeping_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sleeping",
	.fops = &sleeping_fops,
	.groups = sleeping_groups,
	.mode = 0600,
};

/* Everything is ready before the device appears: it may be opened before this returns. */
static int __init sleeping_init(void)
{
	return misc_register(&sleeping_device);
}

/* No file is open any more, or we would not be here; after this call none will be. */
static void __exit sleeping_exit(void)
{
	misc_deregister(&sleeping_device);
}

module_init(sleeping_init);
module_exit(sleeping_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Puts tasks to sleep in a wait queue and wakes them");
MODULE_VERSION("1.0");
