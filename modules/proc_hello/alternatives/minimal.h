/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/hello by seq_file: its buffer, filled by the first read of an open file, is
 * the copy that a reader goes on with. One message in one place, under a mutex; too
 * much: ENOSPC. Right, unless the file that includes this defines MY_SHOW or MY_WRITE
 * first: the name of a function that it has behind that.
 */
#include <linux/minmax.h>
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

static inline int show_message(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	seq_write(m, text, text_len);
	mutex_unlock(&lock);
	return 0;
}

/* @count: 1 to 100 */
static inline ssize_t replace_message(const char __user *ubuf, size_t count)
{
	char *copy = memdup_user(ubuf, count);

	if (IS_ERR(copy))
		return PTR_ERR(copy);
	mutex_lock(&lock);
	memcpy(text, copy, count);
	text_len = count;
	mutex_unlock(&lock);
	kfree(copy);
	return count;
}

static inline ssize_t write_message(struct file *file, const char __user *ubuf,
				    size_t count, loff_t *ppos)
{
	if (count > sizeof(text))
		return -ENOSPC;
	return count ? replace_message(ubuf, count) : 0;
}

#ifndef MY_SHOW
#define MY_SHOW show_message
#else
static int MY_SHOW(struct seq_file *m, void *unused);
#endif
#ifndef MY_WRITE
#define MY_WRITE write_message
#else
static ssize_t MY_WRITE(struct file *file, const char __user *ubuf, size_t count,
			loff_t *ppos);
#endif

static int open_message(struct inode *inode, struct file *file)
{
	return single_open(file, MY_SHOW, NULL);
}

static const struct proc_ops ops = {
	.proc_open = open_message,
	.proc_read = seq_read,
	.proc_write = MY_WRITE,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init proc_hello_init(void)
{
	return proc_create("hello", MODE, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(proc_hello_init);

static void __exit proc_hello_exit(void)
{
	remove_proc_entry("hello", NULL);
}
module_exit(proc_hello_exit);

MODULE_LICENSE("GPL");
