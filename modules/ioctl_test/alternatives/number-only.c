// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: looks at the number of the command only. A program built with another struct
 * is believed, and whatever lies behind its argument is read.
 *
 * expect:
 *	outcome=test-failed
 *	test=command.c
 *	says=number 6 with another size is refused
 */
#define IOCTL number_only_ioctl
#include "minimal.h"

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

MODULE_DESCRIPTION("Wrong on purpose: compares _IOC_NR only");
