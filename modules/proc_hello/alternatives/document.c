// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong in the ways of the course document: the whole message or nothing for a reader,
 * strlen() of something that is no string, the first 100 bytes of too much taken for
 * all of it, the shared buffer filled straight from user space.
 *
 * expect:
 *	outcome=test-failed
 *	test=contract.c
 *	says=read in pieces of any size, the message is whole
 */
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define MODE 0666

static char text[101]; /* one more than the document's, so that strlen() ends */
static struct proc_dir_entry *entry;

static ssize_t document_read(struct file *file, char __user *ubuf, size_t count,
			     loff_t *ppos)
{
	size_t len = strlen(text);

	if (*ppos > 0 || count < len)
		return 0; /* the end, says this to a reader whose buffer is small */
	if (copy_to_user(ubuf, text, len))
		return -EFAULT;
	*ppos = len;
	return len;
}

static ssize_t document_write(struct file *file, const char __user *ubuf, size_t count,
			      loff_t *ppos)
{
	size_t len = min_t(size_t, count, sizeof(text) - 1);

	if (copy_from_user(text, ubuf, len))
		return -EFAULT;
	return len; /* and what was behind it stays */
}

static const struct proc_ops document_ops = {
	.proc_read = document_read,
	.proc_write = document_write,
	.proc_lseek = default_llseek,
};

static int __init document_init(void)
{
	entry = proc_create("hello", MODE, NULL, &document_ops);
	return entry ? 0 : -ENOMEM;
}

static void __exit document_exit(void)
{
	proc_remove(entry);
}

module_init(document_init);
module_exit(document_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello with the mistakes of the course document");
