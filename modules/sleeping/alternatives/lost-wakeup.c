// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the lost wake-up. Looks at the condition, then enters the queue and sleeps. A
 * wake-up between the two finds nobody in the queue, and the reader sleeps for a wake-
 * up that is past.
 *
 * expect:
 *	outcome=test-failed
 *	test=wakeups.c
 *	says=no wake-up is lost when it comes in the very moment of falling asleep
 *	at_once=yes
 */
#define WAIT(since) wait_without_looking(since)
static int wait_without_looking(unsigned long since);
#include "minimal.h"

static int wait_without_looking(unsigned long since)
{
	DEFINE_WAIT(wait);

	while (!WOKEN(since)) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		atomic_inc(&sleepers);
		prepare_to_wait(&queue, &wait, TASK_INTERRUPTIBLE);
		schedule(); /* without having looked again */
		finish_wait(&queue, &wait);
		atomic_dec(&sleepers);
	}
	return 0;
}

MODULE_DESCRIPTION("Alternative: loses wake-ups");
