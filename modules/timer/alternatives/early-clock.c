// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the time is taken at the open and stored at the first read. In between another
 * reader stores a later one, and the interval from there to here is negative.
 *
 * expect:
 *	outcome=test-failed
 *	test=readings.c
 *	says=a reader overtaken by another gets an interval that joins the others
 */
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

struct opened {
	ktime_t mono;
	struct timespec64 wall;
	char text[128];
};

static DEFINE_MUTEX(lock);
static ktime_t last;

static int text_open(struct inode *inode, struct file *file)
{
	struct opened *o = kzalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return -ENOMEM;
	o->mono = ktime_get();
	ktime_get_real_ts64(&o->wall);
	file->private_data = o;
	return 0;
}

static void make_text(struct opened *o)
{
	struct timespec64 gap = ktime_to_timespec64(o->mono - last);
	int len;

	len = sprintf(o->text, "current time: %lld.%09lu\n", (s64)o->wall.tv_sec,
		      o->wall.tv_nsec);
	if (last)
		sprintf(o->text + len, "elapsed time: %lld.%09lu\n", (s64)gap.tv_sec,
			gap.tv_nsec);
	last = o->mono;
}

static ssize_t text_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	struct opened *o = file->private_data;

	mutex_lock(&lock);
	if (n && !o->text[0])
		make_text(o);
	mutex_unlock(&lock);
	return simple_read_from_buffer(buf, n, ppos, o->text, strlen(o->text));
}

static int text_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct proc_ops ops = {
	.proc_open = text_open,
	.proc_read = text_read,
	.proc_lseek = default_llseek,
	.proc_release = text_release,
};

static int __init early_clock_init(void)
{
	return proc_create("timer", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(early_clock_init);

static void __exit early_clock_exit(void)
{
	remove_proc_entry("timer", NULL);
}
module_exit(early_clock_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/timer, wrong: time of the open, stored at the read");
