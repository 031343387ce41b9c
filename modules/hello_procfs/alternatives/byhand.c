// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, without seq_file: a text that never changes needs no more than an offset.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>

static const char text[] = "Hello World!\n";
static struct proc_dir_entry *entry;

static ssize_t byhand_read(struct file *file, char __user *ubuf, size_t count,
			   loff_t *ppos)
{
	return simple_read_from_buffer(ubuf, count, ppos, text, sizeof(text) - 1);
}

static const struct proc_ops byhand_ops = {
	.proc_read = byhand_read,
	.proc_lseek = default_llseek,
};

static int __init byhand_init(void)
{
	entry = proc_create("hello_procfs", 0444, NULL, &byhand_ops);
	return entry ? 0 : -ENOMEM;
}

static void __exit byhand_exit(void)
{
	proc_remove(entry);
}

module_init(byhand_init);
module_exit(byhand_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello_procfs without seq_file");
