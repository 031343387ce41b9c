// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: of too long a message the first 100 bytes are taken and reported, which is
 * what write(2) allows, but the rest, which every program then writes, is taken for
 * the next message. Only the end of the text is left, and nobody was told.
 *
 * expect:
 *	outcome=test-failed
 *	test=proc_hello.sh
 *	says=printf says that 101 bytes were too many
 */
#define MY_WRITE cut_write
#include "minimal.h"

static ssize_t cut_write(struct file *file, const char __user *ubuf, size_t count,
			 loff_t *ppos)
{
	count = min(count, sizeof(text)); /* here */
	return count ? replace_message(ubuf, count) : 0;
}

MODULE_DESCRIPTION("/proc/hello that cuts long messages");
