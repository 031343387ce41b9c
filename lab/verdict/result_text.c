// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report a person reads: the verdict in one line, then the evidence of the worst
 * event, then the other events, then what to try next.
 */
#include <string.h>

#include "clean.h"
#include "event.h"
#include "klog.h"
#include "outcome.h"
#include "title.h"

enum {
	FRAMES_SHOWN = 8,
	FRAMES_ABOVE = 2, /* of them, where the middle is left out */
	LOG_SHOWN = 8,
	CONSOLE_SHOWN = 20,
	OTHERS_SHOWN = 12,
	DIAGNOSTIC_SHOWN = 12,
	BUILD_LINES_SHOWN = 40
};

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define PLAIN  "\033[0m"

struct view {
	FILE *out;
	bool colour;
};

static const char *ink(const struct view *v, const char *code)
{
	return v->colour ? code : "";
}

static void put(const struct view *v, const char *before, const char *s,
		const char *after)
{
	_cleanup_free_ char *text = clean(s, CLEAN_LINE);

	fprintf(v->out, "%s%s%s", before, text, after);
}

static const char *outcome_ink(const struct view *v, enum lab_outcome outcome)
{
	if (outcome == LAB_PASS)
		return ink(v, GREEN);
	if (outcome == LAB_LEAK || outcome == LAB_WARNING || outcome == LAB_CANCELLED ||
	    outcome == LAB_SKIPPED)
		return ink(v, YELLOW);
	return ink(v, RED);
}

static void head(const struct view *v, const struct lab_result *r)
{
	fprintf(v->out, "%s%s%s%s ", ink(v, BOLD), outcome_ink(v, r->outcome),
		lab_outcome_words(r->outcome)->label, ink(v, PLAIN));
	put(v, "", r->module ? r->module : r->source ? r->source : "command", "");
	if (r->test)
		put(v, " ", r->test, "");
	if (r->kernel)
		put(v, " on ", r->kernel, "");
	if (r->release)
		put(v, " (", r->release, ")");
	put(v, ": ", r->summary ? r->summary : lab_outcome_name(r->outcome), "");
	fprintf(v->out, " (%.2f s%s)\n", r->total_ms / 1000, r->cached ? ", cached" : "");
}

static void put_source(const struct view *v, const struct lab_frame *f)
{
	if (!f->text)
		return;
	fprintf(v->out, "      %s%5d |%s", ink(v, DIM), f->line, ink(v, PLAIN));
	put(v, " ", f->text, "\n");
}

static void put_frame(const struct view *v, const struct lab_frame *f)
{
	_cleanup_free_ char *place = title_place(f);

	fprintf(v->out, "    %s", f->module ? "> " : "  ");
	put(v, f->guess ? "? " : "", place, "");
	if (f->module)
		put(v, " [", f->module, "]");
	if (!f->file && f->function && f->size)
		fprintf(v->out, "+0x%llx", f->offset);
	fputc('\n', v->out);
	if (f->module)
		put_source(v, f);
}

/* The last frame worth showing: below the module's own is the kernel's way into it. */
static size_t last_frame(const struct lab_event *e, size_t first)
{
	size_t last = first;

	for (size_t i = first; i < e->n_frames; i++)
		if (e->frames[i].module && !e->frames[i].guess)
			last = i;
	return last == first && !e->frames[first].module ? first + FRAMES_SHOWN
							 : last + 2;
}

/* Of a trace that is longer the frame that the title names must be among those shown: an
 * interrupt on top of it may have many. */
static void trace(const struct view *v, const struct lab_event *e)
{
	size_t first = title_first(e), last = e->n_frames ? last_frame(e, first) : 0;
	_cleanup_free_ size_t *show = xcalloc(e->n_frames + 1, sizeof(*show));
	const struct lab_frame *own = title_frame(e);
	size_t n = 0, at = 0, skip = 0;
	bool sure = false;

	for (size_t i = 0; i < e->n_frames; i++)
		sure |= !e->frames[i].guess;
	for (size_t i = first; i < e->n_frames && i <= last; i++) {
		if (e->frames[i].guess && sure)
			continue;
		if (own == &e->frames[i])
			at = n;
		show[n++] = i;
	}
	if (at >= FRAMES_SHOWN - 1 && n > FRAMES_SHOWN)
		skip = at + 2 - FRAMES_SHOWN < n - FRAMES_SHOWN ? at + 2 - FRAMES_SHOWN
								: n - FRAMES_SHOWN;
	for (size_t i = 0; i < n && i < FRAMES_SHOWN + skip; i++) {
		if (skip && i == FRAMES_ABOVE) {
			fputs("      ...\n", v->out);
			i += skip;
		}
		put_frame(v, &e->frames[show[i]]);
	}
	for (size_t i = 0; !e->n_frames && i < e->detail.n && i < LOG_SHOWN; i++)
		put(v, "    ", e->detail.v[i], "\n");
}

/* What a report says beside its trace; registers and code bytes are left to --json. */
static bool is_evidence(const char *line)
{
	static const char *const starts[] = {
		"BUG",
		"kernel BUG at ",
		"WARNING: ",
		"#PF: supervisor",
		"general protection",
		"Oops: general",
		"Oops: divide",
		"Workqueue: ",
		"Kernel panic",
		"refcount_t: ",
		"list_",
		"UBSAN: ",
		"INFO: task",
		"watchdog: ",
		"rcu: INFO",
		"sysfs: ",
		"kobject",
		"Read of size",
		"Write of size",
		"Allocated by",
		"Freed by",
		"kmem_cache_destroy",
		"memcpy: ",
		"detected buffer",
		"initcall ",
		"proc_dir_entry ",
		"remove_proc_entry: ",
		"index ",
		"shift exponent",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (str_starts(line, starts[i]))
			return true;
	return klog_complaint(line);
}

static void evidence(const struct view *v, const struct lab_event *e)
{
	size_t shown = 0;

	for (size_t i = 0; e->n_frames && i < e->detail.n && shown < LOG_SHOWN; i++) {
		if (str_starts(e->detail.v[i], "---[ end trace") ||
		    !is_evidence(e->detail.v[i]))
			continue;
		fprintf(v->out, "    %s", ink(v, DIM));
		put(v, "", e->detail.v[i], ink(v, PLAIN));
		fputc('\n', v->out);
		shown++;
	}
}

static void heading(const struct view *v, const char *words)
{
	fprintf(v->out, "  %s%s%s\n", ink(v, BOLD), words, ink(v, PLAIN));
}

static void worst(const struct view *v, const struct lab_result *r,
		  const struct lab_event *e)
{
	fprintf(v->out, "  %s%s%s in phase '%s'", ink(v, BOLD),
		lab_outcome_name(e->outcome), ink(v, PLAIN), lab_phase_name(e->phase));
	put(v, ", ", e->kind, "\n");
	evidence(v, e);
	trace(v, e);
}

static void others(const struct view *v, const struct lab_result *r,
		   const struct lab_event *main)
{
	size_t shown = 0;

	for (size_t i = 0; i < r->n_events; i++) {
		const struct lab_event *e = &r->events[i];

		if (e == main)
			continue;
		if (!shown)
			heading(v, "also");
		if (++shown > OTHERS_SHOWN)
			continue;
		put(v, "    ", lab_outcome_name(e->outcome), ": ");
		put(v, "", e->title, "\n");
	}
	if (shown > OTHERS_SHOWN)
		fprintf(v->out, "    ... and %zu more\n", shown - OTHERS_SHOWN);
}

/* Without the mark of a comment. */
static const char *said(const char *line)
{
	return line + (str_starts(line, "# ") ? 2 : 0);
}

static bool is_failure(const char *line)
{
	const char *s = said(line);

	return str_starts(s + strspn(s, " "), "not ok ");
}

/* What the test said about it, a line at a time. A test within it may have said more than
 * is shown here: then only what failed of it. */
static void diagnostic(const struct view *v, const char *s)
{
	_cleanup_strv_ struct strv all = STRV_INIT, failed = STRV_INIT;
	const struct strv *show = &all;
	size_t len;

	for (; s && *s; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		strv_take(&all, xstrndup(s, len));
		if (is_failure(all.v[all.n - 1]))
			strv_add(&failed, all.v[all.n - 1]);
	}
	if (all.n > DIAGNOSTIC_SHOWN && failed.n)
		show = &failed;
	for (size_t i = 0; i < show->n && i < DIAGNOSTIC_SHOWN; i++)
		put(v, "      ", said(show->v[i]), "\n");
	if (all.n > DIAGNOSTIC_SHOWN)
		fputs("      ...\n", v->out);
}

static void failed_tests(const struct view *v, const struct lab_result *r)
{
	for (size_t i = 0; i < r->n_tests; i++) {
		const struct ktap_test *t = &r->tests[i];

		if (t->status != KTAP_FAIL)
			continue;
		put(v, "    not ok ", t->name ? t->name : "", "\n");
		diagnostic(v, t->diagnostic);
	}
}

static void lines(const struct view *v, const struct strv *l, size_t max,
		  const char *words)
{
	size_t from = l->n > max ? l->n - max : 0;

	if (!l->n)
		return;
	heading(v, words);
	for (size_t i = from; i < l->n; i++)
		put(v, "    ", l->v[i], "\n");
}

static void build_log(const struct view *v, const struct lab_result *r)
{
	const char *s = r->build_log;
	size_t len, shown = 0;

	if (r->outcome != LAB_BUILD_ERROR || !s || !*s)
		return;
	heading(v, "build");
	for (; *s && shown < BUILD_LINES_SHOWN; s += len + (s[len] == '\n'), shown++) {
		_cleanup_free_ char *line = NULL;

		len = strcspn(s, "\n");
		line = xstrndup(s, len);
		put(v, "    ", line, "\n");
	}
	if (*s)
		fputs("    ...\n", v->out);
}

void lab_result_print_text(FILE *out, const struct lab_result *r, bool colour)
{
	const struct view v = {out, colour};
	const struct lab_event *e = lab_result_worst(r);

	head(&v, r);
	if (e)
		worst(&v, r, e);
	failed_tests(&v, r);
	build_log(&v, r);
	others(&v, r, e);
	if (e && !e->n_frames && !e->detail.n && !r->console.n &&
	    e->outcome != LAB_BUILD_ERROR)
		lines(&v, &r->log, LOG_SHOWN, "kernel log");
	if (!e || !e->n_frames) /* else the trace above is the better part of it */
		lines(&v, &r->console, CONSOLE_SHOWN, "console");
	for (size_t i = 0; i < r->notes.n; i++)
		put(&v, "  note: ", r->notes.v[i], "\n");
	if (r->hint)
		put(&v, "  next: ", r->hint, "\n");
}

static size_t wider(size_t width, const char *s)
{
	size_t len = s ? strlen(s) : 0;

	return len > width ? len : width;
}

static const char *module_of(const struct lab_result *r)
{
	return r->module ? r->module : r->source ? r->source : "command";
}

/* Of one module its tests' names are enough. */
static bool several_modules(struct lab_result *const *r, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (strcmp(module_of(r[0]), module_of(r[i])))
			return true;
	return false;
}

static char *name_of(const struct lab_result *r, bool several)
{
	_cleanup_free_ char *name = r->test && several
					    ? xprintf("%s/%s", module_of(r), r->test)
					    : xstrdup(r->test ? r->test : module_of(r));

	return clean(name, CLEAN_LINE);
}

/* One line per result: kernel, what ran, outcome, time, and why when it is not a pass. */
void lab_result_print_table(FILE *out, struct lab_result *const *r, size_t n, bool colour)
{
	const struct view v = {out, colour};
	bool several = several_modules(r, n);
	size_t kernels = 6, names = 4, outcomes = 7;

	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *name = name_of(r[i], several);

		kernels = wider(kernels, r[i]->kernel);
		names = wider(names, name);
		outcomes = wider(outcomes, lab_outcome_name(r[i]->outcome));
	}
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *kernel = clean(r[i]->kernel, CLEAN_LINE);
		_cleanup_free_ char *name = name_of(r[i], several);

		fprintf(out, "%-*s  %-*s  %s%-*s%s  %6.2f s", (int)kernels, kernel,
			(int)names, name, outcome_ink(&v, r[i]->outcome), (int)outcomes,
			lab_outcome_name(r[i]->outcome), ink(&v, PLAIN),
			r[i]->total_ms / 1000);
		if (r[i]->cached)
			fputs("  cached", out);
		if (r[i]->outcome != LAB_PASS && r[i]->summary)
			put(&v, "  ", r[i]->summary, "");
		fputc('\n', out);
	}
}
