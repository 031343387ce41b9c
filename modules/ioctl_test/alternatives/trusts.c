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
#define IOCTL trusts_ioctl
#include "minimal.h"

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

MODULE_DESCRIPTION("Wrong on purpose: ignores what copy_from_user returns");
