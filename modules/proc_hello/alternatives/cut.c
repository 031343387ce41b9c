// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: of too long a message the first 100 bytes are taken and reported, which is what
 * write(2) allows, but the rest, which every program then writes, is taken for the next
 * message. Only the end of the text is left, and nobody was told.
 *
 * expect:
 *	outcome=test-failed
 *	test=proc_hello.sh
 *	says=printf says that 101 bytes were too many
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

static int cut_show(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	seq_write(m, text, text_len);
	mutex_unlock(&lock);
	return 0;
}

static int cut_open(struct inode *inode, struct file *file)
{
	return single_open(file, cut_show, NULL);
}

static ssize_t cut_write(struct file *file, const char __user *ubuf, size_t count,
			 loff_t *ppos)
{
	char *copy;

	count = min(count, sizeof(text)); /* here */
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

static const struct proc_ops cut_ops = {
	.proc_open = cut_open,
	.proc_read = seq_read,
	.proc_write = cut_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init cut_init(void)
{
	return proc_create("hello", MODE, NULL, &cut_ops) ? 0 : -ENOMEM;
}

static void __exit cut_exit(void)
{
	remove_proc_entry("hello", NULL);
}

module_init(cut_init);
module_exit(cut_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello that cuts long messages");
