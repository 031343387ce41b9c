// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: follows the user's pointer directly. The processor stops it (SMAP) even where
 * the pointer is good; without SMAP a bad one would crash, and a clever one show the
 * kernel's own memory.
 *
 * expect:
 *	outcome=oops
 *	test=command.c
 *	says=dereferences_ioctl
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

static long dereferences_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	const struct ioctl_test_t *ioc = (const void *)arg;

	if (command != IOCTL_TEST)
		return -ENOTTY;
	show(READ_ONCE(ioc->field1), READ_ONCE(ioc->field2));
	return 0;
}

static const struct proc_ops ops = {
	.proc_lseek = noop_llseek,
	.proc_ioctl = dereferences_ioctl,
#ifdef CONFIG_COMPAT
	.proc_compat_ioctl = compat_ptr_ioctl,
#endif
};

static int __init dereferences_init(void)
{
	return proc_create("ioctl_test", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(dereferences_init);

static void __exit dereferences_exit(void)
{
	remove_proc_entry("ioctl_test", NULL);
}
module_exit(dereferences_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Wrong on purpose: reads user memory without copy_from_user");
