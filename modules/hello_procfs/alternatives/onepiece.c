// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: all or nothing. Good enough for cat with its large buffer, for nobody else.
 *
 * expect:
 *	outcome=test-failed
 *	test=reads.c
 *	says=read in pieces of any size, the text is whole and then ends
 */
#define MY_READ onepiece_read
#include "minimal.h"

static ssize_t onepiece_read(struct file *file, char __user *ubuf, size_t count,
			     loff_t *ppos)
{
	size_t len = sizeof(text) - 1;

	if (*ppos > 0 || count < len) /* here */
		return 0;
	if (copy_to_user(ubuf, text, len))
		return -EFAULT;
	*ppos = len;
	return len;
}

MODULE_DESCRIPTION("/proc/hello_procfs in one piece");
