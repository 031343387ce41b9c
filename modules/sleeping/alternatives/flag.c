// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: waits for a flag. The first sleeper to wake clears it, the others find it
 * cleared and sleep on; and when nobody sleeps, the flag stays set for who comes later.
 *
 * expect:
 *	outcome=test-failed
 *	test=wakeups.c
 *	says=each write wakes every one of 8 sleepers
 */
#include <linux/types.h>

static bool flag;

#define WOKEN(since) ((void)(since), READ_ONCE(flag))
#define WAIT(since) COUNTED(wait_for_flag())
#define WAKE() set_flag()
static int wait_for_flag(void);
static void set_flag(void);
#include "minimal.h"

static int wait_for_flag(void)
{
	int err = wait_event_interruptible(queue, READ_ONCE(flag));

	if (!err)
		WRITE_ONCE(flag, false);
	return err;
}

static void set_flag(void)
{
	WRITE_ONCE(flag, true);
	wake_up_interruptible(&queue);
}

MODULE_DESCRIPTION("Alternative: waits for a flag");
