/* SPDX-License-Identifier: GPL-2.0-only */
/* Times of several ways to do the same, taken in turns, and their ratios within a round.
 */
#ifndef BENCH_ROUNDS_H
#define BENCH_ROUNDS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MAX = 64 };

static inline double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/*
 * One line: the median of @ms; with a @goal, also its ratio to @ours, with the range over
 * the rounds. @goal 0: this is @ours.
 */
static inline void print_row(const char *name, const double *ms, const double *ours,
			     int rounds, double goal)
{
	double ratio[ROUNDS_MAX], sorted[ROUNDS_MAX];

	for (int i = 0; i < rounds; i++) {
		ratio[i] = ms[i] / ours[i];
		sorted[i] = ms[i];
	}
	qsort(ratio, (size_t)rounds, sizeof(*ratio), by_value);
	qsort(sorted, (size_t)rounds, sizeof(*sorted), by_value);
	printf("%-28s %9.2f ms", name, sorted[rounds / 2]);
	if (goal > 0)
		printf("  %6.2f times ours (%.2f-%.2f), goal %.0f%s", ratio[rounds / 2],
		       ratio[0], ratio[rounds - 1], goal,
		       ratio[rounds / 2] < goal ? " MISSED" : "");
	printf("\n");
}

#endif
