// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: one message for all. Who opens the device changes what others are about to
 * read; two at once may read a mixture.
 *
 * expect:
 *	outcome=test-failed
 *	test=open.c
 *	says=which stays the same while others open it
 */
#define MY_OPEN open_shared
#define MY_READ read_shared
#include "minimal.h"

static char text[80];
static int len;

static int open_shared(struct inode *inode, struct file *file)
{
	len = scnprintf(text, sizeof(text), "Opened %d times before.\n",
			atomic_inc_return(&opens));
	return 0;
}

static ssize_t read_shared(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(buf, count, pos, text, len);
}

MODULE_DESCRIPTION("Wrong on purpose: keeps its message in one place for all");
