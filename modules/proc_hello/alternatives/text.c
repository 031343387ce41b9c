// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: takes the message for a string. It ends at the first NUL, and because of the
 * NUL at the end only 99 of the 100 bytes are there.
 *
 * expect:
 *	outcome=test-failed
 *	test=contract.c
 *	says=every byte is kept, NUL as well
 */
#define MY_SHOW text_show
#define MY_WRITE text_write
#include "minimal.h"

static int text_show(struct seq_file *m, void *unused)
{
	mutex_lock(&lock);
	seq_puts(m, text); /* here */
	mutex_unlock(&lock);
	return 0;
}

static ssize_t text_write(struct file *file, const char __user *ubuf, size_t count,
			  loff_t *ppos)
{
	char *copy;

	if (count > sizeof(text))
		return -EMSGSIZE;
	if (!count)
		return 0;
	copy = memdup_user_nul(ubuf, count);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	mutex_lock(&lock);
	strscpy(text, copy, sizeof(text)); /* and here */
	mutex_unlock(&lock);
	kfree(copy);
	return count;
}

MODULE_DESCRIPTION("/proc/hello for strings only");
