// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads what a user pointer points to directly instead of by copy_from_user().
 *
 * expect:
 *	command=echo hello > /proc/user-pointer
 *	outcome=oops
 *	phase=test
 *	kind=page-fault
 *	exit=111
 *	line=here
 *	function=take
 */
#include <linux/module.h>
#include <linux/proc_fs.h>

static ssize_t take(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	/* The pointer came from user space; the processor refuses to follow it (SMAP). */
	const char *text = (const char __force *)buf;

	if (READ_ONCE(text[0]) == '\n') /* here */
		return -EINVAL;
	return len;
}

static const struct proc_ops ops = {
	.proc_lseek = noop_llseek,
	.proc_write = take,
};

static int __init user_pointer_init(void)
{
	return proc_create("user-pointer", 0222, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(user_pointer_init);

static void __exit user_pointer_exit(void)
{
	remove_proc_entry("user-pointer", NULL);
}
module_exit(user_pointer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: reads user memory without copy_from_user");
