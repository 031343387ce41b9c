// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: sleeps uninterruptibly. No signal gets through, not even SIGKILL, and the task
 * counts as load while it does nothing.
 *
 * expect:
 *	outcome=test-failed|hung
 *	test=sleep.c
 *	says=a signal ends the sleep with EINTR
 */
#define WAIT(since) COUNTED(({ wait_event(queue, WOKEN(since)); 0; }))
#define WAKE() wake_up(&queue)
#include "minimal.h"

MODULE_DESCRIPTION("Alternative: sleeps uninterruptibly");
