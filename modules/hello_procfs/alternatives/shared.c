// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: remembers in one variable of the module whether the text was given already.
 *
 * expect:
 *	outcome=test-failed
 *	test=reads.c
 *	says=two readers do not disturb each other
 */
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static const char text[] = "Hello World!\n";
static const char *rest;
static struct proc_dir_entry *entry;

static int shared_open(struct inode *inode, struct file *file)
{
	rest = text; /* here */
	return 0;
}

static ssize_t shared_read(struct file *file, char __user *ubuf, size_t count,
			   loff_t *ppos)
{
	count = min(count, strlen(rest));
	if (copy_to_user(ubuf, rest, count))
		return -EFAULT;
	rest += count;
	*ppos += count;
	return count;
}

static const struct proc_ops shared_ops = {
	.proc_open = shared_open,
	.proc_read = shared_read,
	.proc_lseek = default_llseek,
};

static int __init shared_init(void)
{
	entry = proc_create("hello_procfs", 0444, NULL, &shared_ops);
	return entry ? 0 : -ENOMEM;
}

static void __exit shared_exit(void)
{
	proc_remove(entry);
}

module_init(shared_init);
module_exit(shared_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello_procfs with one place for all readers");
