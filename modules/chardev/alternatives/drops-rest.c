// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: one read is the end, however little of the message had room. cat shows all of
 * it since its buffer is large; who reads byte by byte gets one byte.
 *
 * expect:
 *	outcome=test-failed
 *	test=read.c
 *	says=a reader that takes one byte at a time gets all of it
 */
#define MY_READ read_once
#include "minimal.h"

static ssize_t read_once(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	char text[80];
	int len = message(file, text, sizeof(text));

	if (*pos)
		return 0;
	count = min_t(size_t, count, len);
	if (copy_to_user(buf, text, count))
		return -EFAULT;
	*pos = len;
	return count;
}

MODULE_DESCRIPTION("Wrong on purpose: drops what a short buffer leaves");
