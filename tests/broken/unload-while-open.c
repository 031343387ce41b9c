// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forgets .owner in its file operations: it can be unloaded while its device is open,
 * and whoever closes the file then crashes.
 *
 * The lab ends what a command left running before it unloads, so the command does
 * both. It has little time, because a task that faults once more while it dies is
 * never reaped on some kernels.
 *
 * expect:
 *	command=exec 3</dev/unload-while-open; rmmod unload_while_open; exec 3<&-
 *	timeout=5
 *	outcome=oops
 *	phase=test
 *	exit=111
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int closed(struct inode *inode, struct file *file)
{
	return 0;
}

/* No .owner, so an open file does not keep the module: that is the mistake. */
static const struct file_operations ops = { /* here */
	.release = closed,
};

static struct miscdevice dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "unload-while-open",
	.fops = &ops,
};

static int __init unload_while_open_init(void)
{
	return misc_register(&dev);
}
module_init(unload_while_open_init);

static void __exit unload_while_open_exit(void)
{
	misc_deregister(&dev);
}
module_exit(unload_while_open_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: can be unloaded while its file is open");
