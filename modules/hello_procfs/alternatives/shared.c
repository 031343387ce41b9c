// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: remembers in one variable of the module whether the text was given already.
 *
 * expect:
 *	outcome=test-failed
 *	test=reads.c
 *	says=two readers do not disturb each other
 */
#define MY_OPEN shared_open
#define MY_READ shared_read
#include "minimal.h"

static const char *rest;

static int shared_open(struct inode *inode, struct file *file)
{
	rest = text; /* here */
	return 0;
}

static ssize_t shared_read(struct file *file, char __user *ubuf, size_t count,
			   loff_t *ppos)
{
	count = min(count, strlen(rest));
	if (copy_to_user(ubuf, rest, count))
		return -EFAULT;
	rest += count;
	*ppos += count;
	return count;
}

MODULE_DESCRIPTION("/proc/hello_procfs with one place for all readers");
