// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: forgets the offset, so that the text never ends.
 *
 * expect:
 *	outcome=test-failed
 *	test=hello_procfs.sh
 *	says=cat prints Hello World! and a newline
 */
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

static const char text[] = "Hello World!\n";
static struct proc_dir_entry *entry;

static ssize_t endless_read(struct file *file, char __user *ubuf, size_t count,
			    loff_t *ppos)
{
	count = min(count, sizeof(text) - 1);
	if (copy_to_user(ubuf, text, count))
		return -EFAULT;
	return count; /* here */
}

static const struct proc_ops endless_ops = {
	.proc_read = endless_read,
	.proc_lseek = default_llseek,
};

static int __init endless_init(void)
{
	entry = proc_create("hello_procfs", 0444, NULL, &endless_ops);
	return entry ? 0 : -ENOMEM;
}

static void __exit endless_exit(void)
{
	proc_remove(entry);
}

module_init(endless_init);
module_exit(endless_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello_procfs without an end");
