// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: every read call makes a new text and gives out its part from the position on.
 * Who reads in pieces gets the seconds of one time and the nanoseconds of another.
 *
 * expect:
 *	outcome=test-failed
 *	test=readings.c
 *	says=pieces of one open file come from one text, whoever reads meanwhile
 */
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>

static DEFINE_MUTEX(lock);
static ktime_t last;

static ssize_t each_read(struct file *file, char __user *buf, size_t size, loff_t *ppos)
{
	struct timespec64 wall, gap;
	char text[128];
	ktime_t now;
	int len;

	mutex_lock(&lock);
	now = ktime_get();
	ktime_get_real_ts64(&wall);
	gap = ktime_to_timespec64(now - last);
	len = sprintf(text, "current time: %lld.%09lu\n", (s64)wall.tv_sec, wall.tv_nsec);
	if (last)
		len += sprintf(text + len, "elapsed time: %lld.%09lu\n", (s64)gap.tv_sec,
			       gap.tv_nsec);
	if (size && *ppos < len)
		last = now;
	mutex_unlock(&lock);
	return simple_read_from_buffer(buf, size, ppos, text, len);
}

static const struct proc_ops ops = {
	.proc_read = each_read,
	.proc_lseek = default_llseek,
};

static int __init each_read_init(void)
{
	return proc_create("timer", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(each_read_init);

static void __exit each_read_exit(void)
{
	remove_proc_entry("timer", NULL);
}
module_exit(each_read_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/timer, wrong: a new text in each read");
