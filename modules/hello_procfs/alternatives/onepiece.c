// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: all or nothing. Good enough for cat with its large buffer, for nobody else.
 *
 * expect:
 *	outcome=test-failed
 *	test=reads.c
 *	says=read in pieces of any size, the text is whole and then ends
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

static const char text[] = "Hello World!\n";
static struct proc_dir_entry *entry;

static ssize_t onepiece_read(struct file *file, char __user *ubuf, size_t count,
			     loff_t *ppos)
{
	size_t len = sizeof(text) - 1;

	if (*ppos > 0 || count < len) /* here */
		return 0;
	if (copy_to_user(ubuf, text, len))
		return -EFAULT;
	*ppos = len;
	return len;
}

static const struct proc_ops onepiece_ops = {
	.proc_read = onepiece_read,
	.proc_lseek = default_llseek,
};

static int __init onepiece_init(void)
{
	entry = proc_create("hello_procfs", 0444, NULL, &onepiece_ops);
	return entry ? 0 : -ENOMEM;
}

static void __exit onepiece_exit(void)
{
	proc_remove(entry);
}

module_init(onepiece_init);
module_exit(onepiece_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello_procfs in one piece");
