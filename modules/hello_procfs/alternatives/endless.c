// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: forgets the offset, so that the text never ends.
 *
 * expect:
 *	outcome=test-failed
 *	test=hello_procfs.sh
 *	says=cat prints Hello World! and a newline
 */
#define MY_READ endless_read
#include "minimal.h"

static ssize_t endless_read(struct file *file, char __user *ubuf, size_t count,
			    loff_t *ppos)
{
	count = min(count, sizeof(text) - 1);
	if (copy_to_user(ubuf, text, count))
		return -EFAULT;
	return count; /* here */
}

MODULE_DESCRIPTION("/proc/hello_procfs without an end");
