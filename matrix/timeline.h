/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which guest ran when, in bounded memory: time is divided into TIMELINE_BINS bins, and
 * each holds how long each guest ran in it. When all are full, each two become one of
 * twice the length, so the picture always covers the whole run.
 */
#ifndef MATRIX_TIMELINE_H
#define MATRIX_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

struct text;

enum { TIMELINE_BINS = 1000, TIMELINE_LANES = 64 };

struct timeline {
	uint64_t start_ns, bin_ns;
	unsigned int lanes;	       /* guests seen so far */
	uint64_t *ran[TIMELINE_LANES]; /* TIMELINE_BINS times ns; owned */
};

void timeline_init(struct timeline *t, uint64_t start_ns);
void timeline_deinit(struct timeline *t);

/** timeline_add - guest number @lane ran from @from to @to; others than the first
 *  TIMELINE_LANES are left out. */
void timeline_add(struct timeline *t, unsigned int lane, uint64_t from, uint64_t to);

/** timeline_svg - the picture, appended to @svg. @names: one for each lane. */
void timeline_svg(const struct timeline *t, const char *const *names, uint64_t end_ns,
		  struct text *svg);

#endif
