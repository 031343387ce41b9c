// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/timer: the time of day, and the time since it was last read.
 *
 * Both come from one instant. "current time" is that instant on the wall clock, which
 * somebody may set at any moment; "elapsed time" is measured on the monotonic clock,
 * which nobody can set and which never runs backwards.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

/* Two lines of at most 35 bytes: ktime_t counts nanoseconds, ten digits of seconds. */
#define TEXT_SIZE 80

struct reading {
	ktime_t mono;
	ktime_t real;
	ktime_t elapsed;
	bool first;
	bool taken;
};

/*
 * Protects last_reading and the reading of every open file. All of it is a handful of
 * loads and stores without a sleep, so a spinlock is enough; nothing here runs in an
 * interrupt, so interrupts may stay on.
 */
static DEFINE_SPINLOCK(timer_lock);

/* Of the newest reading given out, on the monotonic clock; 0 until there is one. */
static ktime_t last_reading;

static struct proc_dir_entry *timer_entry;

/*
 * Converts instead of asking the second clock: between two questions this task may lose
 * the CPU, and the two answers would belong to different instants.
 */
static void reading_now(struct reading *r)
{
	r->mono = ktime_get();
	r->real = ktime_mono_to_real(r->mono);
}

/*
 * A reading has the time at which its file was opened. That time is stale when another
 * reading has been given out since: to a reader that opened later and read sooner, or to
 * this very file, which is now read from its start again. Then the reading has the
 * current time. So readings are given out in the order of their times, each interval
 * begins where the one before has ended, and none is negative. The clock is read under
 * the lock: a time taken before locking might be older than the one that another reader
 * stores meanwhile.
 */
static void reading_take(struct reading *r)
{
	if (!ktime_after(r->mono, last_reading))
		reading_now(r);
	r->first = !last_reading;
	r->elapsed = ktime_sub(r->mono, last_reading);
	r->taken = true;
	last_reading = r->mono;
}

/* ktime_to_timespec64() divides into seconds and 0 to 999999999: nothing to borrow. */
static size_t reading_print(const struct reading *r, char *text, size_t size)
{
	struct timespec64 now = ktime_to_timespec64(r->real);
	struct timespec64 elapsed = ktime_to_timespec64(r->elapsed);
	size_t len;

	len = scnprintf(text, size, "current time: %lld.%09ld\n", now.tv_sec,
			now.tv_nsec);
	if (!r->first)
		len += scnprintf(text + len, size - len, "elapsed time: %lld.%09ld\n",
				 elapsed.tv_sec, elapsed.tv_nsec);
	return len;
}

/*
 * Opening notes the time and nothing else: closing the file without reading is no
 * reading, and does not shorten the interval of others. The memory is charged to the
 * opener.
 */
static int timer_open(struct inode *inode, struct file *file)
{
	struct reading *r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);

	if (!r)
		return -ENOMEM;
	reading_now(r);
	file->private_data = r;
	return 0;
}

/*
 * A read at the start of the file takes a reading, a read further on gets more of the
 * same text, so one byte at a time gives what one large read gives. Otherwise a reader
 * that reads in pieces would see digits of different times.
 *
 * Threads may share an open file and pread(2) it at once; each works on a copy made
 * under the lock. The copy to user space comes after the lock: it may fault, wait for a
 * page, or never come back from a user's own fault handler.
 */
static ssize_t timer_read(struct file *file, char __user *buf, size_t size, loff_t *ppos)
{
	struct reading *r = file->private_data;
	struct reading copy;
	char text[TEXT_SIZE];
	size_t len;

	if (!size)
		return 0;

	spin_lock(&timer_lock);
	if (*ppos == 0 || !r->taken)
		reading_take(r);
	copy = *r;
	spin_unlock(&timer_lock);

	len = reading_print(&copy, text, sizeof(text));
	return simple_read_from_buffer(buf, size, ppos, text, len);
}

static int timer_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

/*
 * No .proc_write: a write fails with EIO, whatever the mode lets root open. .proc_lseek
 * must be there: recent kernels call it without checking for NULL.
 */
static const struct proc_ops timer_ops = {
	.proc_open = timer_open,
	.proc_read = timer_read,
	.proc_lseek = default_llseek,
	.proc_release = timer_release,
};

static int __init timer_init(void)
{
	timer_entry = proc_create("timer", 0444, NULL, &timer_ops);
	if (!timer_entry)
		return -ENOMEM;
	return 0;
}

/*
 * An open /proc file does not keep its module loaded. proc_remove() waits for the calls
 * that are inside the functions above, then calls timer_release() for each file that is
 * still open. After it, reading such a file fails with EIO and none of this code runs.
 */
static void __exit timer_exit(void)
{
	proc_remove(timer_entry);
}

module_init(timer_init);
module_exit(timer_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/proc/timer: the current time, and the time since the last reading");
MODULE_VERSION("1.0");
