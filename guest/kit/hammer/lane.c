// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each call is noted in shared memory before it is made, so that the watchdog can tell in
 * which call a thread hangs.
 */
#include <stdio.h>

#include "hammer.h"

struct lane *lanes;

static __thread struct lane *lane;

void lane_take(unsigned int number)
{
	lane = &lanes[number];
	lane_free(number);
}

void lane_free(unsigned int number)
{
	lanes[number].turn &= ~1u;
}

void call_text(const struct call *call, char *text, size_t size)
{
	/* A format that names fewer arguments ignores the others. */
	if (call->place)
		snprintf(text, size, call->fmt, call->place, call->a, call->b);
	else
		snprintf(text, size, call->fmt, call->a, call->b);
}

struct call call_last(void)
{
	return lane->call;
}

void lane_begin(const char *fmt, const char *place, long a, long b)
{
	lane->call = (struct call){fmt, place, a, b};
	lane->turn++;
}

void lane_end(void)
{
	lane->turn++;
}
