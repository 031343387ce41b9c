// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: lets in one at a time, and forgets to give that up when open refuses a writer.
 * After one "echo >/dev/chardev" nobody can open it until the module is loaded anew.
 *
 * expect:
 *	outcome=test-failed
 *	test=open.c
 *	says=and leaves nothing behind
 */
#define MY_OPEN open_alone
#define MY_RELEASE release_alone
#include "minimal.h"

static atomic_t in_use = ATOMIC_INIT(0);

static int open_alone(struct inode *inode, struct file *file)
{
	if (atomic_cmpxchg(&in_use, 0, 1))
		return -EBUSY;
	if (file->f_mode & FMODE_WRITE)
		return -EPERM; /* and in_use stays 1 */
	return count_open(inode, file);
}

static int release_alone(struct inode *inode, struct file *file)
{
	atomic_set(&in_use, 0);
	return 0;
}

MODULE_DESCRIPTION("Wrong on purpose: leaks its flag when open fails");
