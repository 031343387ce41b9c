// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/*
 * The allocator takes memory for its own bookkeeping while it serves a call, and keeps it:
 * who is charged for each object and, since 6.18, sheaves of free objects. The command
 * takes them away before.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

static int show(struct seq_file *m, void *unused)
{
	void *some = kvmalloc(1500, GFP_KERNEL_ACCOUNT);

	if (!some)
		return -ENOMEM;
	kvfree(some);
	return 0;
}

static int lo_clean_sheaves_open(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static const struct proc_ops ops = {
	.proc_open = lo_clean_sheaves_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init lo_clean_sheaves_init(void)
{
	return proc_create("lo_clean_sheaves", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(lo_clean_sheaves_init);

static void __exit lo_clean_sheaves_exit(void)
{
	remove_proc_entry("lo_clean_sheaves", NULL);
}
module_exit(lo_clean_sheaves_exit);

MODULE_DESCRIPTION("Test: what the allocator keeps for itself");
MODULE_LICENSE("GPL");
