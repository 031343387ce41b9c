// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: copies from user space straight into the one message. The mutex keeps readers
 * out meanwhile, but when the copy fails half-way, half of the old message is gone.
 *
 * expect:
 *	outcome=test-failed
 *	test=contract.c
 *	says=after failed writes the old message is there
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#define MODE 0666

static DEFINE_MUTEX(lock);
static char text[100];
static size_t text_len;

static int spoilt_show(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	seq_write(m, text, text_len);
	mutex_unlock(&lock);
	return 0;
}

static int spoilt_open(struct inode *inode, struct file *file)
{
	return single_open(file, spoilt_show, NULL);
}

static ssize_t spoilt_write(struct file *file, const char __user *ubuf, size_t count,
			    loff_t *ppos)
{
	ssize_t ret = count;

	if (count > sizeof(text))
		return -EMSGSIZE;
	mutex_lock(&lock);
	if (copy_from_user(text, ubuf, count)) /* here */
		ret = -EFAULT;
	else if (count)
		text_len = count;
	mutex_unlock(&lock);
	return ret;
}

static const struct proc_ops spoilt_ops = {
	.proc_open = spoilt_open,
	.proc_read = seq_read,
	.proc_write = spoilt_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init spoilt_init(void)
{
	return proc_create("hello", MODE, NULL, &spoilt_ops) ? 0 : -ENOMEM;
}

static void __exit spoilt_exit(void)
{
	remove_proc_entry("hello", NULL);
}

module_init(spoilt_init);
module_exit(spoilt_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello that loses its message to a bad pointer");
