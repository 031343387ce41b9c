// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: seconds and nanoseconds are subtracted apart and nothing is borrowed, so from
 * 1.9 to 2.1 it is 1.-800000000.
 *
 * expect:
 *	outcome=test-failed
 *	test=readings.c
 *	says=an interval that crosses a full second is right
 */
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

static DEFINE_MUTEX(lock);
static struct timespec64 last;

static char *make_text(void)
{
	struct timespec64 wall, gap;
	struct timespec64 now, before;

	mutex_lock(&lock);
	ktime_get_ts64(&now);
	ktime_get_real_ts64(&wall);
	before = last;
	last = now;
	mutex_unlock(&lock);
	if (!before.tv_sec)
		return kasprintf(GFP_KERNEL, "current time: %lld.%09lu\n",
				 (s64)wall.tv_sec, wall.tv_nsec);
	gap.tv_sec = now.tv_sec - before.tv_sec;
	gap.tv_nsec = now.tv_nsec - before.tv_nsec;
	return kasprintf(GFP_KERNEL,
			 "current time: %lld.%09lu\nelapsed time: %lld.%09ld\n",
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

static int __init borrow_init(void)
{
	return proc_create("timer", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(borrow_init);

static void __exit borrow_exit(void)
{
	remove_proc_entry("timer", NULL);
}
module_exit(borrow_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/timer, wrong: no borrow");
