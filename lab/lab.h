/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lab's context: where its cache lies, how it reports progress, when to give up,
 * and why the last call failed.
 *
 * Rules of the whole library: functions return 0 or -errno, never print, never exit and
 * keep no global state. On failure lab_error() has one sentence for the user: lower case,
 * no full stop, what failed first, the subject in single quotes, then "; " and the next
 * step. Out parameters come last and are touched only on success.
 * Thread rule: one struct lab per thread. Several may share one cache directory, also
 * across processes.
 */
#ifndef KMLAB_LAB_H
#define KMLAB_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "text.h"

struct lab_progress {
	const char *what; /* "downloading debian/6.1", a phrase without a full stop */
	uint64_t done;	  /* bytes or steps so far; both 0: it cannot be measured */
	uint64_t total;
	bool finished; /* last report of this phrase */
};

typedef void (*lab_progress_fn)(void *data, const struct lab_progress *progress);

struct lab_box_rules;

struct lab {
	char *cache_dir; /* $KMLAB_CACHE, else $XDG_CACHE_HOME/kmlab, else ~/.cache/kmlab
			  */
	char *data_dir; /* installed data: agent, initramfs parts ($KMLAB_DATA, build/) */
	/* What builds may see and take; NULL: the defaults. See sandbox/sandbox.h. */
	const struct lab_box_rules *box;
	int cancel_fd;		  /* readable once the user wants to stop; -1: never */
	lab_progress_fn progress; /* may be NULL; called from the calling thread */
	void *progress_data;
	char *error; /* see lab_error */
};

/** lab_init - fill @lab from the environment and make the cache directory (0700). */
int lab_init(struct lab *lab);
void lab_deinit(struct lab *lab);

/** lab_child - a context for another thread: same cache, same cancel_fd, own error. */
void lab_child(const struct lab *parent, struct lab *ret);

/** lab_fail - set the sentence and return @err (a negative errno). */
int lab_fail(struct lab *lab, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** lab_error - why the last failing call failed; never NULL. Owned by @lab. */
const char *lab_error(const struct lab *lab);

/** lab_cancelled - has the user asked to stop? Long loops ask this; then -ECANCELED. */
bool lab_cancelled(const struct lab *lab);

/** lab_report - progress, if anybody listens. */
void lab_report(struct lab *lab, const char *what, uint64_t done, uint64_t total,
		bool finished);

/** lab_now_ms - milliseconds of CLOCK_MONOTONIC, with fractions. */
double lab_now_ms(void);

#endif
