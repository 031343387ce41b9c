// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, with the other answer to each free choice: an open file is a file of 100
 * bytes. What one descriptor writes in several calls belongs together; what does not
 * fit is left out and reported, and when nothing fits the answer is EFBIG. A message
 * is still replaced as a whole, and a reader keeps a copy.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define MODE 0666

struct text {
	size_t len;
	char bytes[100];
};

struct session {
	struct mutex lock; /* of this open file; taken before the one below */
	struct text read, written;
};

static DEFINE_MUTEX(newest_lock);
static struct text newest;

static int filelike_open(struct inode *inode, struct file *file)
{
	struct session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	mutex_lock(&newest_lock);
	s->read = newest;
	mutex_unlock(&newest_lock);
	file->private_data = s;
	return 0;
}

static int filelike_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t filelike_read(struct file *file, char __user *ubuf, size_t count,
			     loff_t *ppos)
{
	struct session *s = file->private_data;
	ssize_t ret;

	mutex_lock(&s->lock);
	if (*ppos == 0) {
		mutex_lock(&newest_lock);
		s->read = newest;
		mutex_unlock(&newest_lock);
	}
	ret = simple_read_from_buffer(ubuf, count, ppos, s->read.bytes, s->read.len);
	mutex_unlock(&s->lock);
	return ret;
}

/* Behind what this descriptor has written, or in it; without holes. */
static ssize_t add(struct session *s, const char __user *ubuf, size_t count, loff_t pos)
{
	struct text new = s->written;

	if (pos > new.len)
		return -EINVAL;
	if (pos == sizeof(new.bytes))
		return -EFBIG;
	count = min_t(size_t, count, sizeof(new.bytes) - pos);
	if (copy_from_user(new.bytes + pos, ubuf, count))
		return -EFAULT;
	new.len = pos + count;
	s->written = new;
	s->read = new;
	mutex_lock(&newest_lock);
	newest = new;
	mutex_unlock(&newest_lock);
	return count;
}

static ssize_t filelike_write(struct file *file, const char __user *ubuf, size_t count,
			      loff_t *ppos)
{
	struct session *s = file->private_data;
	ssize_t ret;

	if (!count)
		return 0;
	mutex_lock(&s->lock);
	ret = add(s, ubuf, count, *ppos);
	mutex_unlock(&s->lock);
	if (ret > 0)
		*ppos += ret;
	return ret;
}

static const struct proc_ops filelike_ops = {
	.proc_open = filelike_open,
	.proc_read = filelike_read,
	.proc_write = filelike_write,
	.proc_lseek = default_llseek,
	.proc_release = filelike_release,
};

static int __init filelike_init(void)
{
	return proc_create("hello", MODE, NULL, &filelike_ops) ? 0 : -ENOMEM;
}

static void __exit filelike_exit(void)
{
	remove_proc_entry("hello", NULL);
}

module_init(filelike_init);
module_exit(filelike_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello like a file of 100 bytes");
