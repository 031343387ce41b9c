// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: takes the message for a string. It ends at the first NUL, and because of the NUL
 * at the end only 99 of the 100 bytes are there.
 *
 * expect:
 *	outcome=test-failed
 *	test=contract.c
 *	says=every byte is kept, NUL as well
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

static int text_show(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	seq_puts(m, text); /* here */
	mutex_unlock(&lock);
	return 0;
}

static int text_open(struct inode *inode, struct file *file)
{
	return single_open(file, text_show, NULL);
}

static ssize_t text_write(struct file *file, const char __user *ubuf, size_t count,
			  loff_t *ppos)
{
	char *copy;

	if (count > sizeof(text))
		return -EMSGSIZE;
	if (!count)
		return 0;
	copy = memdup_user_nul(ubuf, count);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	mutex_lock(&lock);
	strscpy(text, copy, sizeof(text)); /* and here */
	mutex_unlock(&lock);
	kfree(copy);
	return count;
}

static const struct proc_ops text_ops = {
	.proc_open = text_open,
	.proc_read = seq_read,
	.proc_write = text_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init text_init(void)
{
	return proc_create("hello", MODE, NULL, &text_ops) ? 0 : -ENOMEM;
}

static void __exit text_exit(void)
{
	remove_proc_entry("hello", NULL);
}

module_init(text_init);
module_exit(text_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello for strings only");
