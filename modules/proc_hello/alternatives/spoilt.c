// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: copies from user space straight into the one message. The mutex keeps readers
 * out meanwhile, but when the copy fails half-way, half of the old message is gone.
 *
 * expect:
 *	outcome=test-failed
 *	test=contract.c
 *	says=after failed writes the old message is there
 */
#define MY_WRITE spoilt_write
#include "minimal.h"

static ssize_t spoilt_write(struct file *file, const char __user *ubuf, size_t count,
			    loff_t *ppos)
{
	ssize_t ret = count;

	if (count > sizeof(text))
		return -EMSGSIZE;
	mutex_lock(&lock);
	if (copy_from_user(text, ubuf, count)) /* here */
		ret = -EFAULT;
	else if (count)
		text_len = count;
	mutex_unlock(&lock);
	return ret;
}

MODULE_DESCRIPTION("/proc/hello that loses its message to a bad pointer");
