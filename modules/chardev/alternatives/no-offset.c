// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: each read gives the message from its beginning. cat never comes to an end.
 *
 * expect:
 *	outcome=test-failed
 *	test=read.c
 *	says=the next read returns 0, the end
 */
#define MY_READ read_beginning
#include "minimal.h"

static ssize_t read_beginning(struct file *file, char __user *buf, size_t count,
			      loff_t *pos)
{
	char text[80];

	count = min_t(size_t, count, message(file, text, sizeof(text)));
	return copy_to_user(buf, text, count) ? -EFAULT : count;
}

MODULE_DESCRIPTION("Wrong on purpose: ignores the offset");
