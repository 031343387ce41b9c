// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the one message is filled straight from user space and read without a lock.
 * The copy that each reader keeps helps only against what comes later, not against
 * what is half done. Hard to see with 100 bytes and luck.
 *
 * expect:
 *	outcome=test-failed
 *	test=whole.c
 *	says=a writer stopped in the middle of its copy has shown nothing
 */
#define MY_SHOW torn_show
#define MY_WRITE torn_write
#include "minimal.h"

static int torn_show(struct seq_file *m, void *unused)
{
	seq_write(m, text, text_len);
	return 0;
}

static ssize_t torn_write(struct file *file, const char __user *ubuf, size_t count,
			  loff_t *ppos)
{
	if (count > sizeof(text))
		return -EMSGSIZE;
	if (!count)
		return 0;
	if (copy_from_user(text, ubuf, count))
		return -EFAULT;
	text_len = count;
	return count;
}

MODULE_DESCRIPTION("/proc/hello without a lock");
