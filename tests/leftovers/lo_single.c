// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory single_open */
/* What single_open() made for each open, as there is no release function */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int show(struct seq_file *m, void *unused)
{
	seq_puts(m, "one line\n");
	return 0;
}

static int lo_single_open(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static const struct proc_ops ops = {
	.proc_open = lo_single_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
};

static int __init lo_single_init(void)
{
	return proc_create("lo_single", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(lo_single_init);

static void __exit lo_single_exit(void)
{
	remove_proc_entry("lo_single", NULL);
}
module_exit(lo_single_exit);

MODULE_DESCRIPTION("Test: what single_open() made for each open");
MODULE_LICENSE("GPL");
