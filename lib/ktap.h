/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KTAP (version 1) and TAP parser. Fed line by line; nested subtests are flattened to
 * names joined with '/'. Reference: Documentation/dev-tools/ktap.rst, Linux 5.19+.
 */
#ifndef KMLAB_LIB_KTAP_H
#define KMLAB_LIB_KTAP_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

enum ktap_status { KTAP_PASS, KTAP_FAIL, KTAP_SKIP, KTAP_TODO };

struct ktap_test {
	char *name;
	char *diagnostic; /* what was said about it, of a skip its reason; or NULL */
	enum ktap_status status;
};

struct ktap {
	struct ktap_test *tests;
	size_t n;
	bool seen;     /* any KTAP/TAP line at all */
	bool bail;     /* "Bail out!" */
	char *problem; /* first error: missing plan, wrong count, ... or NULL */
	char *skipped; /* nothing was tested, for this reason; NULL: something was */
	struct ktap_level *levels; /* parser state */
	size_t n_levels;
	struct text pending; /* for the next result */
	bool commented;	     /* it has a '#' line */
	bool behind;	     /* '#' lines now belong to the last result */
	bool planned;	     /* there was a plan */
	char *why;	     /* the last plan of nothing says so, or NULL */
};

void ktap_init(struct ktap *k);
void ktap_deinit(struct ktap *k);
/** ktap_line - one line without its newline. Lines that are not KTAP are diagnostics of
 *  the result that follows; '#' lines after a failure that had none before it belong to
 *  that failure, as in TAP. */
void ktap_line(struct ktap *k, const char *line);
/** ktap_text - many lines. */
void ktap_text(struct ktap *k, const char *text);
/** ktap_finish - call once at the end; a missing or unmet plan sets @problem, a plan of
 *  nothing and skips alone set @skipped. */
void ktap_finish(struct ktap *k);
/** ktap_passed - finished, no problem, no bail out, and no test failed. */
bool ktap_passed(const struct ktap *k);

#endif
