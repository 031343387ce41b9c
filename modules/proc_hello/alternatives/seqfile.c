// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, by seq_file: its buffer, filled by the first read of an open file, is the copy
 * that a reader goes on with. One message in one place, under a mutex; too much: ENOSPC.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define MODE 0666

static DEFINE_MUTEX(lock);
static char text[100];
static size_t text_len;

static int seqfile_show(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	seq_write(m, text, text_len);
	mutex_unlock(&lock);
	return 0;
}

static int seqfile_open(struct inode *inode, struct file *file)
{
	return single_open(file, seqfile_show, NULL);
}

static ssize_t seqfile_write(struct file *file, const char __user *ubuf, size_t count,
			     loff_t *ppos)
{
	char *copy;

	if (count > sizeof(text))
		return -ENOSPC;
	if (!count)
		return 0;
	copy = memdup_user(ubuf, count);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	mutex_lock(&lock);
	memcpy(text, copy, count);
	text_len = count;
	mutex_unlock(&lock);
	kfree(copy);
	return count;
}

static const struct proc_ops seqfile_ops = {
	.proc_open = seqfile_open,
	.proc_read = seq_read,
	.proc_write = seqfile_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init seqfile_init(void)
{
	return proc_create("hello", MODE, NULL, &seqfile_ops) ? 0 : -ENOMEM;
}

static void __exit seqfile_exit(void)
{
	remove_proc_entry("hello", NULL);
}

module_init(seqfile_init);
module_exit(seqfile_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello by seq_file");
