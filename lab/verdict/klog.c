// SPDX-License-Identifier: GPL-2.0-only
/*
 * Log lines to events. Lines of several CPUs may be interleaved and an oops may happen
 * inside another, so several events can be open at once; a line belongs to the one
 * opened last.
 */
#include <string.h>

#include "stack_trace.h"
#include "klog.h"
#include "pattern.h"

enum {
	LOOSE_LINES = 60, /* without a trace, after which an open event ends */
	LOOSE_WEAK = 4,	  /* the same where only a trace makes it an event */
	DETAIL_LINES = 400
};

struct block {
	const struct klog_rule *rule;
	struct lab_event event;
	size_t headline; /* which line of the event's */
	bool open;
	bool died;    /* its "[#1]" line was seen */
	bool traced;  /* a stack trace began */
	bool in_task; /* between <TASK> and </TASK>: foreign lines may come between */
	bool ended;   /* with its proper last line, not for another reason */
	unsigned int loose;
};

struct parser {
	struct block *v;
	size_t n;
	struct strv prelude;
};

static struct block *innermost(struct parser *p)
{
	for (size_t i = p->n; i; i--)
		if (p->v[i - 1].open)
			return &p->v[i - 1];
	return NULL;
}

static bool is_ruler(const char *line)
{
	return strlen(line) >= 20 && line[strspn(line, "=")] == '\0';
}

static bool is_died(const char *line)
{
	return pattern_match("*[#%]", line);
}

static bool is_stack(const struct block *b)
{
	return b->rule->end == KLOG_STACK || b->rule->end == KLOG_IF_STACK ||
	       b->rule->end == KLOG_NEXT;
}

/* A report that goes on only if its trace is what comes next. */
static bool is_over(const struct block *b)
{
	return b->rule->end == KLOG_NEXT && !b->traced;
}

static void drop_prelude(struct parser *p)
{
	strv_deinit(&p->prelude);
}

static void add_line(struct block *b, const char *line)
{
	if (b->event.detail.n < DETAIL_LINES)
		strv_add(&b->event.detail, line);
	b->died |= is_died(line);
	b->traced |= strstr(line, "Call Trace:") != NULL;
	b->in_task = frame_in_task(b->in_task, line);
}

static void begin(struct parser *p, const struct klog_rule *rule,
		  const struct lab_log_line *line)
{
	struct block *b;

	p->v = xreallocarray(p->v, p->n + 1, sizeof(*p->v));
	b = &p->v[p->n++];
	memset(b, 0, sizeof(*b));
	b->rule = rule;
	b->open = rule->end != KLOG_LINE;
	b->event.phase = line->phase;
	b->event.outcome = rule->outcome;
	for (size_t i = 0; i < p->prelude.n; i++)
		add_line(b, p->prelude.v[i]);
	drop_prelude(p);
	b->headline = b->event.detail.n;
	add_line(b, line->text);
}

static void close_all(struct parser *p)
{
	for (size_t i = 0; i < p->n; i++)
		p->v[i].open = false;
}

/* "Oops: 0002 [#1] SMP" after "BUG: kernel NULL pointer ..." is no second oops. */
static bool continues(const struct block *b, const struct klog_rule *rule,
		      const char *line)
{
	if (!b || rule->end == KLOG_PANIC)
		return false;
	if (b->rule->end == KLOG_TRACE && rule->end == KLOG_TRACE && !b->died &&
	    !b->traced)
		return is_died(line) && rule->outcome == LAB_OOPS;
	if (b->rule->end == KLOG_RULE)
		return !b->traced && rule->end == KLOG_IF_STACK;
	/* One line for each mistake in one table, then one trace. */
	if (is_over(b))
		return b->rule == rule;
	/* From 6.15 on SLUB prints its stack trace by a WARN of its own. */
	if (str_starts(b->rule->kind, "slab-") && !b->traced)
		return pattern_match("WARNING: *mm/slub.c:%", line);
	return b->rule->end == KLOG_PANIC;
}

static bool ends(struct block *b, const char *line)
{
	switch (b->rule->end) {
	case KLOG_TRACE:
		return b->ended = str_starts(line, "---[ end trace");
	case KLOG_RULE:
		return b->ended = is_ruler(line) || str_starts(line, "---[ end trace");
	case KLOG_PANIC:
		return b->ended = str_starts(line, "---[ end Kernel panic");
	default:
		return false;
	}
}

/* A report without a last line of its own ends where its stack trace ends. Traces that
 * the agent asked for do not belong to it. */
static bool outlived(struct block *b, const char *line)
{
	if (str_starts(line, "sysrq: "))
		return true;
	if (frame_line_is_trace(line))
		return false;
	if (is_over(b) || (is_stack(b) && b->traced && !b->in_task))
		return true;
	return ++b->loose > (b->rule->end == KLOG_IF_STACK ? LOOSE_WEAK : LOOSE_LINES);
}

/* After "---[ end trace" an oops repeats its registers. */
static bool is_repetition(struct parser *p, const char *line)
{
	struct block *last = p->n ? &p->v[p->n - 1] : NULL;

	if (!last || !last->ended || last->rule->outcome != LAB_OOPS)
		return false;
	if (frame_line_is_trace(line) || str_starts(line, "note: ")) {
		add_line(last, line);
		return true;
	}
	last->ended = false;
	return false;
}

static void feed_open(struct parser *p, struct block *b, const char *line)
{
	if (outlived(b, line)) {
		b->open = false;
		return;
	}
	add_line(b, line);
	if (ends(b, line))
		b->open = false;
}

/* Behind "cut here" stands the message of a WARN; the headline is yet to come. */
static bool is_preface(const struct parser *p, const struct klog_rule *rule)
{
	return p->prelude.n &&
	       (rule->end == KLOG_STACK || rule->end == KLOG_IF_STACK ||
		rule->end == KLOG_NEXT || rule->end == KLOG_LINE) &&
	       str_starts(p->prelude.v[0], "------------[ cut here");
}

/* 5.10 says it of every task that ends with preemption off; the others, and 5.10 too, of
 * one that an oops ended. */
static bool is_aftermath(const struct parser *p, const char *line)
{
	if (!str_starts(line, "note: "))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].event.outcome >= LAB_OOPS)
			return true;
	return false;
}

static void feed(struct parser *p, const struct lab_log_line *line)
{
	struct block *b = innermost(p);
	const struct klog_rule *rule = klog_headline(line->text);

	if (is_aftermath(p, line->text))
		rule = NULL;
	if (rule && is_preface(p, rule)) {
		strv_add(&p->prelude, line->text);
	} else if (rule && !continues(b, rule, line->text)) {
		if (rule->end == KLOG_PANIC)
			close_all(p);
		else if (b && is_stack(b))
			b->open = false;
		begin(p, rule, line);
	} else if (rule && is_over(b)) {
		add_line(b, line->text);
	} else if (klog_is_prelude(line->text) && (!b || b->traced || is_over(b))) {
		strv_add(&p->prelude, line->text);
	} else if (p->prelude.n) {
		strv_add(&p->prelude, line->text);
		if (p->prelude.n > 8)
			drop_prelude(p);
	} else if (b) {
		feed_open(p, b, line->text);
	} else {
		is_repetition(p, line->text);
	}
}

/* The line between "cut here" and "WARNING: ..." may be a complaint of the kernel's. */
static const struct klog_rule *warn_text(const struct block *b)
{
	const struct strv *lines = &b->event.detail;

	if (strcmp(b->rule->kind, "warning") || lines->n < 2 ||
	    !str_starts(lines->v[0], "------------[ cut here"))
		return NULL;
	return klog_complaint(lines->v[1]);
}

/* Not after the end of the report: there 7.2 prints registers of the first oops since
 * boot. */
static void refine(struct block *b)
{
	const struct klog_rule *text = warn_text(b);
	const struct klog_detail *d = NULL;

	for (size_t i = 0; i < b->event.detail.n && !d; i++) {
		if (str_starts(b->event.detail.v[i], "---[ end trace"))
			break;
		d = klog_refine(b->rule->kind, b->event.detail.v[i]);
	}
	if (!text)
		text = b->rule;
	b->event.kind = xstrdup(d ? d->kind : text->kind);
	b->event.title = xstrdup(d ? d->words : text->words);
	b->event.outcome = d && d->outcome != LAB_PASS ? d->outcome : text->outcome;
}

/* The text of a WARN or panic is its best title. */
static void use_own_words(struct block *b)
{
	const char *text = NULL;
	const struct strv *lines = &b->event.detail;

	if (!strcmp(b->event.kind, "panic"))
		text = lines->v[0] + strlen("Kernel panic - not syncing: ");
	else if (!strcmp(b->event.kind, "warning") && lines->n > 1 &&
		 str_starts(lines->v[0], "------------[ cut here") &&
		 !str_starts(lines->v[1], "WARNING: "))
		text = lines->v[1];
	if (!text || !*text)
		return;
	free(b->event.title);
	b->event.title = xprintf("%s \"%s\"", b->rule->words, text);
}

/* An oops in an interrupt, in process 1, or under panic_on_oops takes the kernel with it.
 */
static bool follows_oops(const struct lab_event *panic)
{
	static const char *const words[] = {"Fatal ", "Attempted to kill ",
					    "Aiee, killing interrupt handler"};
	const char *said = panic->detail.v[0] + strlen("Kernel panic - not syncing: ");

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_starts(said, words[i]))
			return true;
	return false;
}

/* The first in the panic's phase is the cause of those behind it; else the last one. */
static struct lab_event *oops_before(struct klog_events *events, enum lab_phase phase)
{
	struct lab_event *last = NULL;

	for (size_t i = 0; i < events->n; i++) {
		if (events->v[i].outcome != LAB_OOPS)
			continue;
		last = &events->v[i];
		if (last->phase == phase)
			break;
	}
	return last;
}

static bool join_panic(struct klog_events *events, struct lab_event *panic)
{
	struct lab_event *oops =
		follows_oops(panic) ? oops_before(events, panic->phase) : NULL;
	char *title;

	if (!oops)
		return false;
	title = xprintf("kernel panic: %s", oops->title);
	free(oops->title);
	oops->title = title;
	oops->outcome = LAB_PANIC;
	strv_add_all(&oops->detail, panic->detail.v);
	lab_event_deinit(panic);
	return true;
}

static void finish(struct block *b, struct klog_events *ret)
{
	if (b->rule->end == KLOG_IF_STACK && !b->traced) {
		lab_event_deinit(&b->event);
		return;
	}
	refine(b);
	use_own_words(b);
	frames_collect(&b->event);
	if (klog_complaint(b->event.detail.v[b->headline]) == b->rule)
		frames_blame(&b->event);
	if (b->rule->end == KLOG_PANIC && join_panic(ret, &b->event))
		return;
	ret->v = xreallocarray(ret->v, ret->n + 1, sizeof(*ret->v));
	ret->v[ret->n++] = b->event;
}

void klog_classify(const struct lab_log_line *lines, size_t n, struct klog_events *ret)
{
	struct parser p = {0};

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		if (lines[i].text)
			feed(&p, &lines[i]);
	for (size_t i = 0; i < p.n; i++)
		finish(&p.v[i], ret);
	drop_prelude(&p);
	free(p.v);
}

void klog_events_deinit(struct klog_events *events)
{
	for (size_t i = 0; i < events->n; i++)
		lab_event_deinit(&events->v[i]);
	free(events->v);
	memset(events, 0, sizeof(*events));
}
