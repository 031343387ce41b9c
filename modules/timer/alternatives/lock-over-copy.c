// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the lock that all readers share is held during the copy to user memory. One
 * reader whose memory is not there, and stays away, stops all the others.
 *
 * expect:
 *	outcome=test-failed|hung
 *	test=together.c
 *	says=a reader held in its copy holds nobody else
 */
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

#define LOCK() mutex_lock(&lock)
#define UNLOCK() mutex_unlock(&lock)
#include "at-read.h"

MODULE_DESCRIPTION("/proc/timer, wrong: lock held too long");
