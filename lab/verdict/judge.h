/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of judging, each in its own file; lab_judge() calls them in this order. */
#ifndef KMLAB_LAB_JUDGE_H
#define KMLAB_LAB_JUDGE_H

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
void judge_add(struct judge *j, struct lab_event *event);

/** judge_log - events of the kernel log, and of the console behind it. */
void judge_log(struct judge *j);

/** judge_calls - load, command and unload: refused, killed, stalled, late. */
void judge_calls(struct judge *j);

/** judge_tests - the command's status and its KTAP. */
void judge_tests(struct judge *j);

/** judge_leftovers - what was not there before. */
void judge_leftovers(struct judge *j);

/** judge_end - how the guest ended, when not by the agent's report. */
void judge_end(struct judge *j);

/** judge_host - last: what this machine may have made fail becomes "host-trouble". */
void judge_host(struct judge *j);

/** judge_hint - the next step to try, for the worst event; freed by the caller. */
char *judge_hint(struct judge *j);

#endif
