// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: adds the major faults to the total, which has them in it. Nobody sees it on a
 * machine that has not read anything from its disk yet.
 *
 * expect:
 *	outcome=test-failed
 *	test=counts.c
 *	says=major faults are in the total, once
 */
static unsigned long sum_of_two(const unsigned long *events);

#define TOTAL(events) sum_of_two(events)
#include "minimal.h"

static unsigned long sum_of_two(const unsigned long *events)
{
	return events[PGFAULT] + events[PGMAJFAULT];
}

MODULE_DESCRIPTION("/proc/get_pgfaults, wrong: major faults twice");
