// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: no .proc_compat_ioctl. All is well for 64-bit programs; those of 32 bits get
 * ENOTTY for the very same call.
 *
 * expect:
 *	outcome=test-failed
 *	test=compat.c
 *	says=IOCTL_TEST of a 32-bit program succeeds
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

static void show(int number, u8 byte)
{
	if (byte < 0x20 || byte > 0x7e)
		pr_info("ioctl: call to IOCTL_TEST (%d,\\x%02x)!\n", number, byte);
	else
		pr_info("ioctl: call to IOCTL_TEST (%d,%c)!\n", number, byte);
}

static long no_compat_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct ioctl_test_t ioc;

	if (command != IOCTL_TEST)
		return -ENOTTY;
	if (copy_from_user(&ioc, (void __user *)arg, sizeof(ioc)))
		return -EFAULT;
	show(ioc.field1, ioc.field2);
	return 0;
}

static const struct proc_ops ops = {
	.proc_lseek = noop_llseek,
	.proc_ioctl = no_compat_ioctl,
};

static int __init no_compat_init(void)
{
	return proc_create("ioctl_test", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(no_compat_init);

static void __exit no_compat_exit(void)
{
	remove_proc_entry("ioctl_test", NULL);
}
module_exit(no_compat_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Wrong on purpose: knows no 32-bit programs");
