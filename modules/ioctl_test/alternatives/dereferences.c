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
#define IOCTL dereferences_ioctl
#include "minimal.h"

static long dereferences_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	const struct ioctl_test_t *ioc = (const void *)arg;

	if (command != IOCTL_TEST)
		return -ENOTTY;
	show(READ_ONCE(ioc->field1), READ_ONCE(ioc->field2));
	return 0;
}

MODULE_DESCRIPTION("Wrong on purpose: reads user memory without copy_from_user");
