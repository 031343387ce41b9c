// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: prints the character as it comes. A newline begins a line that may look like
 * another driver's, an escape sequence reaches the terminal of whoever reads the log.
 *
 * expect:
 *	outcome=test-failed
 *	test=command.c
 *	says=an unprintable field2 is escaped and corrupts no line
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

struct ioctl_test_t {
	int field1;
	char field2;
};

#define IOCTL_TEST _IOW(0, 6, struct ioctl_test_t)

static long raw_character_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct ioctl_test_t ioc;

	if (command != IOCTL_TEST)
		return -ENOTTY;
	if (copy_from_user(&ioc, (void __user *)arg, sizeof(ioc)))
		return -EFAULT;
	pr_info("ioctl: call to IOCTL_TEST (%d,%c)!\n", ioc.field1, ioc.field2);
	return 0;
}

static const struct proc_ops ops = {
	.proc_lseek = noop_llseek,
	.proc_ioctl = raw_character_ioctl,
#ifdef CONFIG_COMPAT
	.proc_compat_ioctl = compat_ptr_ioctl,
#endif
};

static int __init raw_character_init(void)
{
	return proc_create("ioctl_test", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(raw_character_init);

static void __exit raw_character_exit(void)
{
	remove_proc_entry("ioctl_test", NULL);
}
module_exit(raw_character_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Wrong on purpose: writes any byte into the log");
