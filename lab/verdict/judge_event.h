/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of judging are given, and how they say what they found. */
#ifndef KMLAB_LAB_JUDGE_EVENT_H
#define KMLAB_LAB_JUDGE_EVENT_H

#include "symbolize.h"

struct judge {
	struct lab_result *result;
	const struct lab_guest_report *report;
	const struct lab_guest_job *job;
	struct symbolizer *symbols;
	struct lab_log_line *lines; /* the log, and what the console has beyond it */
	size_t n_lines;
};

/** judge_is_ours - is this the name of a module under test? @data: struct judge. */
bool judge_is_ours(const void *data, const char *module);

/** judge_event - start an event; the caller adds what it knows and calls judge_add. */
struct lab_event judge_event(enum lab_outcome outcome, enum lab_phase phase,
			     const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** judge_about - the module under test that an event is about, where its frames do not
 * say so. NULL: nothing changes. */
void judge_about(struct lab_event *event, const char *module);

/** judge_add - takes over @event's contents. Of several modules the one that it is about
 * is named in the title. */
void judge_add(struct judge *j, struct lab_event *event);

/** judge_fault_address - the address that an oops could not access; false: it says none.
 */
bool judge_fault_address(const struct lab_event *event, unsigned long long *ret);

/** judge_rename - it is something else than its headline says. */
void judge_rename(struct lab_event *event, const char *kind, const char *title);

#endif
