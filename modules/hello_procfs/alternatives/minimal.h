/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/hello_procfs without seq_file: a text that never changes needs no more than an
 * offset. Right, unless the file that includes this defines MY_OPEN or MY_READ first:
 * the name of a function that it has behind that.
 */
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static const char text[] = "Hello World!\n";
static struct proc_dir_entry *entry;

#ifndef MY_OPEN
#define MY_OPEN NULL
#else
static int MY_OPEN(struct inode *inode, struct file *file);
#endif
#ifndef MY_READ
#define MY_READ read_text
static ssize_t read_text(struct file *file, char __user *ubuf, size_t count, loff_t *ppos)
{
	return simple_read_from_buffer(ubuf, count, ppos, text, sizeof(text) - 1);
}
#else
static ssize_t MY_READ(struct file *file, char __user *ubuf, size_t count, loff_t *ppos);
#endif

static const struct proc_ops ops = {
	.proc_open = MY_OPEN,
	.proc_read = MY_READ,
	.proc_lseek = default_llseek,
};

static int __init hello_procfs_init(void)
{
	entry = proc_create("hello_procfs", 0444, NULL, &ops);
	return entry ? 0 : -ENOMEM;
}
module_init(hello_procfs_init);

static void __exit hello_procfs_exit(void)
{
	proc_remove(entry);
}
module_exit(hello_procfs_exit);

MODULE_LICENSE("GPL");
