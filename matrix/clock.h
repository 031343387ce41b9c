/* SPDX-License-Identifier: GPL-2.0-only */
/* The two clocks of this library, in ns. */
#ifndef MATRIX_CLOCK_H
#define MATRIX_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/** now_ns - a clock that never goes back; alarms and deadlines use it. */
static inline uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/** cpu_ns - how much CPU time this thread has used. */
static inline uint64_t cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

#endif
