// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: looks at the number of the command only. A program built with another struct is
 * believed, and whatever lies behind its argument is read.
 *
 * expect:
 *	outcome=test-failed
 *	test=command.c
 *	says=number 6 with another size is refused
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

static long number_only_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct ioctl_test_t ioc;

	switch (_IOC_NR(command)) {
	case _IOC_NR(IOCTL_TEST):
		if (copy_from_user(&ioc, (void __user *)arg, sizeof(ioc)))
			return -EFAULT;
		show(ioc.field1, ioc.field2);
		return 0;
	default:
		return -EINVAL;
	}
}

static const struct proc_ops ops = {
	.proc_lseek = noop_llseek,
	.proc_ioctl = number_only_ioctl,
#ifdef CONFIG_COMPAT
	.proc_compat_ioctl = compat_ptr_ioctl,
#endif
};

static int __init number_only_init(void)
{
	return proc_create("ioctl_test", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(number_only_init);

static void __exit number_only_exit(void)
{
	remove_proc_entry("ioctl_test", NULL);
}
module_exit(number_only_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Wrong on purpose: compares _IOC_NR only");
