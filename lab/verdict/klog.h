/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's complaints in its log, one event each.
 *
 * A line begins an event only if it has the whole shape the kernel gives it ("WARNING:
 * CPU: 0 PID: 92 at file:line func"), so a module's own message that merely contains
 * "bug" or "error" is none. A module that forges the full shape is believed: a log can
 * make a verdict worse, never better.
 */
#ifndef KMLAB_LAB_KLOG_H
#define KMLAB_LAB_KLOG_H

#include "event.h"

/* How the lines that belong to a headline end. */
enum klog_end {
	KLOG_LINE,     /* there are none */
	KLOG_STACK,    /* with the first stack trace */
	KLOG_IF_STACK, /* the same; without a trace it is no event: the shape is too weak
			*/
	KLOG_NEXT,     /* with the stack trace right behind it, if there is one */
	KLOG_TRACE,    /* with "---[ end trace" */
	KLOG_RULE,     /* with a line of '=' or "---[ end trace" */
	KLOG_PANIC,    /* with "---[ end Kernel panic" */
};

struct klog_rule {
	const char *pattern; /* see pattern_match() */
	const char *kind;
	enum lab_outcome outcome;
	enum klog_end end;
	const char *words; /* for the title */
};

/* A line inside an event that says more precisely what it is. */
struct klog_detail {
	const char *pattern;
	const char *within; /* kinds it refines begin with this; "" all */
	const char *kind;
	enum lab_outcome outcome; /* LAB_PASS: as it was */
	const char *words;
};

/** klog_headline - the rule for a line that begins an event, or NULL. */
const struct klog_rule *klog_headline(const char *line);

/** klog_complaint - the same, of those rules only that say what a caller did wrong. */
const struct klog_rule *klog_complaint(const char *line);

/** klog_advice - what the module must do about a complaint of @kind, or NULL. */
const char *klog_advice(const char *kind);

/** klog_refine - the first detail that matches a line of an event of @kind, or NULL. */
const struct klog_detail *klog_refine(const char *kind, const char *line);

/** klog_is_prelude - is printed just before the headline it belongs to. */
bool klog_is_prelude(const char *line);

struct klog_events {
	struct lab_event *v;
	size_t n;
};

/** klog_classify - the events in @lines, in order of their first line. Frames are parsed
 *  but not resolved; titles say what, not where. */
void klog_classify(const struct lab_log_line *lines, size_t n, struct klog_events *ret);
void klog_events_deinit(struct klog_events *events);

/**
 * klog_find_trace - the first stack trace without a headline that runs through a module
 * @wanted says yes to, or else through the loader's call of init or exit: what the kernel
 * prints when asked what its CPUs are doing.
 * @ret gets its lines and frames; phase and titles are left to the caller.
 */
bool klog_find_trace(const struct lab_log_line *lines, size_t n,
		     bool (*wanted)(const void *data, const char *module),
		     const void *data, struct lab_event *ret);

/** klog_from_console - console output as log lines that are newer than @after_usec.
 *  @ret (array and texts) is freed by klog_lines_free. Returns how many. */
size_t klog_from_console(const struct text *console, enum lab_phase phase,
			 unsigned long long after_usec, struct lab_log_line **ret);
void klog_lines_free(struct lab_log_line *lines, size_t n);

#endif
