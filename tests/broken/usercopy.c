// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies as many bytes to user space as the reader asked for, not as many as the
 * object has.
 *
 * expect:
 *	command=dd if=/proc/usercopy of=/dev/null bs=4096 count=1
 *	outcome=oops
 *	phase=test
 *	kind=usercopy
 *	exit=111
 *	line=here
 *	function=give
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

static char *secret;

static ssize_t give(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	if (copy_to_user(buf, secret, len)) /* here */
		return -EFAULT;
	return len;
}

static const struct proc_ops ops = {
	.proc_lseek = noop_llseek,
	.proc_read = give,
};

static int __init usercopy_init(void)
{
	secret = kzalloc(16, GFP_KERNEL);
	if (!secret)
		return -ENOMEM;
	if (!proc_create("usercopy", 0444, NULL, &ops)) {
		kfree(secret);
		return -ENOMEM;
	}
	return 0;
}
module_init(usercopy_init);

static void __exit usercopy_exit(void)
{
	remove_proc_entry("usercopy", NULL);
	kfree(secret);
}
module_exit(usercopy_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: copies more to the user than the object has");
