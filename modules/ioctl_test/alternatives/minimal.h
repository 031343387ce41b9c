/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/ioctl_test as small as can be. Right, unless the file that includes this
 * defines one of the macros below first; IOCTL is the name of a function that it has
 * behind that.
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

static inline void show(int number, u8 byte)
{
	if (byte < 0x20 || byte > 0x7e)
		pr_info("ioctl: call to IOCTL_TEST (%d,\\x%02x)!\n", number, byte);
	else
		pr_info("ioctl: call to IOCTL_TEST (%d,%c)!\n", number, byte);
}

#ifndef SHOW
#define SHOW show
#endif

static inline long plain_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct ioctl_test_t ioc;

	if (command != IOCTL_TEST)
		return -ENOTTY;
	if (copy_from_user(&ioc, (void __user *)arg, sizeof(ioc)))
		return -EFAULT;
	SHOW(ioc.field1, ioc.field2);
	return 0;
}

#ifndef IOCTL
#define IOCTL plain_ioctl
#else
static long IOCTL(struct file *file, unsigned int command, unsigned long arg);
#endif
#ifndef COMPAT_IOCTL /* for 32-bit programs */
#define COMPAT_IOCTL compat_ptr_ioctl
#endif

static const struct proc_ops ops = {
	.proc_lseek = noop_llseek,
	.proc_ioctl = IOCTL,
#ifdef CONFIG_COMPAT
	.proc_compat_ioctl = COMPAT_IOCTL,
#endif
};

static int __init ioctl_test_init(void)
{
	return proc_create("ioctl_test", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(ioctl_test_init);

static void __exit ioctl_test_exit(void)
{
	remove_proc_entry("ioctl_test", NULL);
}
module_exit(ioctl_test_exit);

MODULE_LICENSE("GPL");
