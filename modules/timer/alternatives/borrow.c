// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: seconds and nanoseconds are subtracted apart and nothing is borrowed, so from
 * 1.9 to 2.1 it is 1.-800000000.
 *
 * expect:
 *	outcome=test-failed
 *	test=readings.c
 *	says=an interval that crosses a full second is right
 */
#include <linux/ktime.h>

static struct timespec64 subtract(struct timespec64 now, struct timespec64 before)
{
	now.tv_sec -= before.tv_sec;
	now.tv_nsec -= before.tv_nsec;
	return now;
}

#define INTERVAL(now, before) \
	subtract(ktime_to_timespec64(now), ktime_to_timespec64(before))
#include "minimal.h"

MODULE_DESCRIPTION("/proc/timer, wrong: no borrow");
