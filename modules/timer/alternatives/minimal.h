/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/timer the short way: each open is a reading, its text is made at once and kept.
 * Right, unless the file that includes this defines one of the macros below first.
 */
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

static DEFINE_MUTEX(lock);
static ktime_t last;

#ifndef FRACTION /* the nanoseconds behind the point */
#define FRACTION "%09ld"
#endif
#ifndef NOW /* from which the intervals are counted; @wall has the current time */
#define NOW(wall) ktime_get()
#endif
#ifndef INTERVAL
#define INTERVAL(now, before) ktime_to_timespec64((now) - (before))
#endif

static char *make_text(void)
{
	struct timespec64 wall, gap;
	ktime_t now, before;

	mutex_lock(&lock);
	ktime_get_real_ts64(&wall);
	now = NOW(wall);
	before = last;
	last = now;
	mutex_unlock(&lock);
	if (!before)
		return kasprintf(GFP_KERNEL, "current time: %lld." FRACTION "\n",
				 (s64)wall.tv_sec, wall.tv_nsec);
	gap = INTERVAL(now, before);
	return kasprintf(GFP_KERNEL,
			 "current time: %lld." FRACTION "\n"
			 "elapsed time: %lld." FRACTION "\n",
			 (s64)wall.tv_sec, wall.tv_nsec, (s64)gap.tv_sec, gap.tv_nsec);
}

static int text_open(struct inode *inode, struct file *file)
{
	file->private_data = make_text();
	return file->private_data ? 0 : -ENOMEM;
}

static ssize_t text_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	const char *text = file->private_data;

	return simple_read_from_buffer(buf, n, ppos, text, strlen(text));
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
