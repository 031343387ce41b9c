// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, another way: seq_file keeps the text and its pieces; the reading is taken when
 * a read begins at the start, not in show, which seq_file may call again.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

struct stamp {
	struct mutex lock; /* taking it and showing it is one step */
	struct timespec64 wall;
	struct timespec64 gap;
	bool has_gap;
};

static DEFINE_MUTEX(lock);
static struct timespec64 previous;

static int stamp_show(struct seq_file *m, void *v)
{
	struct stamp *s = m->private;

	seq_printf(m, "current time: %lld.%09ld\n", s->wall.tv_sec, s->wall.tv_nsec);
	if (s->has_gap)
		seq_printf(m, "elapsed time: %lld.%09ld\n", s->gap.tv_sec,
			   s->gap.tv_nsec);
	return 0;
}

static void stamp_take(struct stamp *s)
{
	struct timespec64 now;

	mutex_lock(&lock);
	ktime_get_ts64(&now);
	ktime_get_real_ts64(&s->wall);
	s->has_gap = previous.tv_sec || previous.tv_nsec;
	s->gap = timespec64_sub(now, previous);
	previous = now;
	mutex_unlock(&lock);
}

static ssize_t stamp_read(struct file *file, char __user *buf, size_t size, loff_t *ppos)
{
	struct seq_file *m = file->private_data;
	struct stamp *s = m->private;
	ssize_t n;

	if (mutex_lock_interruptible(&s->lock))
		return -ERESTARTSYS;
	if (size && *ppos == 0)
		stamp_take(s);
	n = seq_read(file, buf, size, ppos);
	mutex_unlock(&s->lock);
	return n;
}

static int stamp_open(struct inode *inode, struct file *file)
{
	struct stamp *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err;

	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	err = single_open(file, stamp_show, s);
	if (err)
		kfree(s);
	return err;
}

static int stamp_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	kfree(m->private);
	return single_release(inode, file);
}

static const struct proc_ops ops = {
	.proc_open = stamp_open,
	.proc_read = stamp_read,
	.proc_lseek = seq_lseek,
	.proc_release = stamp_release,
};

static int __init seqfile_init(void)
{
	return proc_create("timer", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(seqfile_init);

static void __exit seqfile_exit(void)
{
	remove_proc_entry("timer", NULL);
}
module_exit(seqfile_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/timer with seq_file");
