// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a reader gets a copy at open and never another one. No message is torn, but
 * who keeps the file open and reads it from the beginning again, even after writing to
 * it, finds what was there at open.
 *
 * expect:
 *	outcome=test-failed
 *	test=whole.c
 *	says=a reader that goes back to the beginning gets the newest
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MODE 0666

struct text {
	size_t len;
	char bytes[100];
};

static DEFINE_MUTEX(lock);
static struct text newest;
static struct proc_dir_entry *entry;

static int stale_open(struct inode *inode, struct file *file)
{
	struct text *copy = kmalloc(sizeof(*copy), GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	mutex_lock(&lock);
	*copy = newest; /* here */
	mutex_unlock(&lock);
	file->private_data = copy;
	return 0;
}

static int stale_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t stale_read(struct file *file, char __user *ubuf, size_t count,
			  loff_t *ppos)
{
	struct text *copy = file->private_data;

	return simple_read_from_buffer(ubuf, count, ppos, copy->bytes, copy->len);
}

static ssize_t stale_write(struct file *file, const char __user *ubuf, size_t count,
			   loff_t *ppos)
{
	struct text new = { .len = count };

	if (count > sizeof(new.bytes))
		return -ENOSPC;
	if (!count)
		return 0;
	if (copy_from_user(new.bytes, ubuf, count))
		return -EFAULT;
	mutex_lock(&lock);
	newest = new;
	mutex_unlock(&lock);
	*ppos += count;
	return count;
}

static const struct proc_ops stale_ops = {
	.proc_open = stale_open,
	.proc_read = stale_read,
	.proc_write = stale_write,
	.proc_lseek = default_llseek,
	.proc_release = stale_release,
};

static int __init stale_init(void)
{
	entry = proc_create("hello", MODE, NULL, &stale_ops);
	return entry ? 0 : -ENOMEM;
}

static void __exit stale_exit(void)
{
	proc_remove(entry);
}

module_init(stale_init);
module_exit(stale_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello as it was at open");
