// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: believes that copy_from_user() always works. A bad pointer is answered with
 * success, and fields that nobody sent are shown.
 *
 * expect:
 *	outcome=test-failed
 *	test=command.c
 *	says=a null pointer is EFAULT
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

static long trusts_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct ioctl_test_t ioc;
	unsigned long left;

	switch (command) {
	case IOCTL_TEST:
		left = copy_from_user(&ioc, (void __user *)arg, sizeof(ioc));
		(void)left; /* "cannot fail" */
		show(ioc.field1, ioc.field2);
		break;
	default:
		return -EINVAL;
	}
	return 0;
}

static const struct proc_ops ops = {
	.proc_lseek = noop_llseek,
	.proc_ioctl = trusts_ioctl,
#ifdef CONFIG_COMPAT
	.proc_compat_ioctl = compat_ptr_ioctl,
#endif
};

static int __init trusts_init(void)
{
	return proc_create("ioctl_test", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(trusts_init);

static void __exit trusts_exit(void)
{
	remove_proc_entry("ioctl_test", NULL);
}
module_exit(trusts_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Wrong on purpose: ignores what copy_from_user returns");
