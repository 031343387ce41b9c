// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: everything is locked, each single read and each write is whole, but every
 * read looks at the newest message. Whoever needs two reads gets the beginning of one
 * message and the end of another.
 *
 * expect:
 *	outcome=test-failed
 *	test=whole.c
 *	says=a message that is replaced while it is read is read to its end
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define MODE 0666

static DEFINE_MUTEX(lock);
static char text[100];
static size_t text_len;
static struct proc_dir_entry *entry;

static ssize_t changing_read(struct file *file, char __user *ubuf, size_t count,
			     loff_t *ppos)
{
	ssize_t ret;

	mutex_lock(&lock);
	ret = simple_read_from_buffer(ubuf, count, ppos, text, text_len);
	mutex_unlock(&lock);
	return ret;
}

static ssize_t changing_write(struct file *file, const char __user *ubuf, size_t count,
			      loff_t *ppos)
{
	char copy[sizeof(text)];

	if (count > sizeof(text))
		return -EFBIG;
	if (!count)
		return 0;
	if (copy_from_user(copy, ubuf, count))
		return -EFAULT;
	mutex_lock(&lock);
	memcpy(text, copy, count);
	text_len = count;
	mutex_unlock(&lock);
	return count;
}

static const struct proc_ops changing_ops = {
	.proc_read = changing_read,
	.proc_write = changing_write,
	.proc_lseek = default_llseek,
};

static int __init changing_init(void)
{
	entry = proc_create("hello", MODE, NULL, &changing_ops);
	return entry ? 0 : -ENOMEM;
}

static void __exit changing_exit(void)
{
	proc_remove(entry);
}

module_init(changing_init);
module_exit(changing_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello that changes under its readers");
