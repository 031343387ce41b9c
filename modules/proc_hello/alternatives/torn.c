// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the one message is filled straight from user space and read without a lock. The
 * copy that each reader keeps helps only against what comes later, not against what is
 * half done. Hard to see with 100 bytes and luck.
 *
 * expect:
 *	outcome=test-failed
 *	test=whole.c
 *	says=a writer stopped in the middle of its copy has shown nothing
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#define MODE 0666

static char text[100];
static size_t text_len;

static int torn_show(struct seq_file *m, void *unused)
{
	seq_write(m, text, text_len);
	return 0;
}

static int torn_open(struct inode *inode, struct file *file)
{
	return single_open(file, torn_show, NULL);
}

static ssize_t torn_write(struct file *file, const char __user *ubuf, size_t count,
			  loff_t *ppos)
{
	if (count > sizeof(text))
		return -EMSGSIZE;
	if (!count)
		return 0;
	if (copy_from_user(text, ubuf, count))
		return -EFAULT;
	text_len = count;
	return count;
}

static const struct proc_ops torn_ops = {
	.proc_open = torn_open,
	.proc_read = seq_read,
	.proc_write = torn_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init torn_init(void)
{
	return proc_create("hello", MODE, NULL, &torn_ops) ? 0 : -ENOMEM;
}

static void __exit torn_exit(void)
{
	remove_proc_entry("hello", NULL);
}

module_init(torn_init);
module_exit(torn_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello without a lock");
