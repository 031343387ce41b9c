// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, another way: no lock, but a compare-and-exchange that starts over when
 * somebody else was faster. The clock is read after the old value, so it cannot be
 * behind it.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/atomic.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/uio.h>

struct page_of_text {
	struct mutex lock; /* of threads that share one open file */
	size_t len;
	char text[128];
};

static atomic64_t latest;

static void compose(struct page_of_text *p)
{
	s64 before, now, since;
	u32 wall_rest, since_rest;
	u64 wall;

	do {
		before = atomic64_read(&latest);
		now = ktime_get_ns();
	} while (atomic64_cmpxchg(&latest, before, now) != before);
	since = now - before;
	wall = ktime_get_real_ns();
	wall = div_u64_rem(wall, NSEC_PER_SEC, &wall_rest);
	p->len = sprintf(p->text, "current time: %llu.%09u\n", wall, wall_rest);
	if (!before)
		return;
	since = div_u64_rem(since, NSEC_PER_SEC, &since_rest);
	p->len += sprintf(p->text + p->len, "elapsed time: %llu.%09u\n", (u64)since,
			  since_rest);
}

static ssize_t lockfree_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct page_of_text *p = iocb->ki_filp->private_data;
	size_t n = 0, want;

	if (!iov_iter_count(to))
		return 0;
	if (mutex_lock_interruptible(&p->lock))
		return -ERESTARTSYS;
	if (iocb->ki_pos == 0)
		compose(p);
	if (iocb->ki_pos < p->len) {
		want = min_t(size_t, iov_iter_count(to), p->len - iocb->ki_pos);
		n = copy_to_iter(p->text + iocb->ki_pos, want, to);
		iocb->ki_pos += n;
		if (!n)
			n = -EFAULT;
	}
	mutex_unlock(&p->lock);
	return n;
}

static int lockfree_open(struct inode *inode, struct file *file)
{
	struct page_of_text *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	mutex_init(&p->lock);
	file->private_data = p;
	return 0;
}

static int lockfree_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct proc_ops ops = {
	.proc_open = lockfree_open,
	.proc_read_iter = lockfree_read,
	.proc_lseek = default_llseek,
	.proc_release = lockfree_release,
};

static int __init lockfree_init(void)
{
	return proc_create("timer", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(lockfree_init);

static void __exit lockfree_exit(void)
{
	remove_proc_entry("timer", NULL);
}
module_exit(lockfree_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/timer without a lock");
