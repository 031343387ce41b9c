/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/timer, read at the beginning of each read from the start. The file that
 * includes this says with LOCK() and UNLOCK() how readers are kept apart while the
 * text is made, copied to the user and its time stored.
 */
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

struct opened {
	ktime_t now;
	char text[128];
};

static ktime_t last;

static int text_open(struct inode *inode, struct file *file)
{
	struct opened *o = kzalloc(sizeof(*o), GFP_KERNEL);

	file->private_data = o;
	return o ? 0 : -ENOMEM;
}

static void make_text(struct opened *o)
{
	struct timespec64 wall, gap;
	int len;

	o->now = ktime_get();
	ktime_get_real_ts64(&wall);
	gap = ktime_to_timespec64(o->now - last);
	len = sprintf(o->text, "current time: %lld.%09lu\n", (s64)wall.tv_sec,
		      wall.tv_nsec);
	if (last)
		sprintf(o->text + len, "elapsed time: %lld.%09lu\n", (s64)gap.tv_sec,
			gap.tv_nsec);
}

static ssize_t text_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	struct opened *o = file->private_data;
	bool begins = n && *ppos == 0;
	ssize_t done;

	LOCK();
	if (begins)
		make_text(o);
	done = simple_read_from_buffer(buf, n, ppos, o->text, strlen(o->text));
	if (begins)
		last = o->now;
	UNLOCK();
	return done;
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

static int __init timer_init(void)
{
	return proc_create("timer", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(timer_init);

static void __exit timer_exit(void)
{
	remove_proc_entry("timer", NULL);
}
module_exit(timer_exit);

MODULE_LICENSE("GPL");
