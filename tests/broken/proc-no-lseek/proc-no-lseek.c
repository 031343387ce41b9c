// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leaves .proc_lseek out: the first program that seeks (tail, less, an editor)
 * crashes.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

static ssize_t give(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return simple_read_from_buffer(buf, len, pos, "hello\n", 6);
}

static const struct proc_ops ops = { /* here */
	.proc_read = give,
};

static int __init proc_no_lseek_init(void)
{
	return proc_create("proc-no-lseek", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(proc_no_lseek_init);

static void __exit proc_no_lseek_exit(void)
{
	remove_proc_entry("proc-no-lseek", NULL);
}
module_exit(proc_no_lseek_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its proc file cannot seek");
