// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: seq_release() where single_release() belongs. Every open loses the few bytes
 * that single_open() has allocated; nothing else can be noticed.
 *
 * expect:
 *	outcome=leak
 *	test=reads.c
 *	says=allocations never freed through single_open
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int forgets_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "Hello World!\n");
	return 0;
}

static int forgets_open(struct inode *inode, struct file *file)
{
	return single_open(file, forgets_show, NULL);
}

static const struct proc_ops forgets_ops = {
	.proc_open = forgets_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release, /* here */
};

static int __init forgets_init(void)
{
	return proc_create("hello_procfs", 0444, NULL, &forgets_ops) ? 0 : -ENOMEM;
}

static void __exit forgets_exit(void)
{
	remove_proc_entry("hello_procfs", NULL);
}

module_init(forgets_init);
module_exit(forgets_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello_procfs that loses memory");
