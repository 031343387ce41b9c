// SPDX-License-Identifier: GPL-2.0-only
/* From facts to a verdict. */
#include <string.h>

#include "judge_parts.h"
#include "klog.h"

enum { LOG_LINES = 400, CONSOLE_LINES = 40 };

static void describe(struct judge *j)
{
	struct lab_result *r = j->result;
	const struct lab_guest_report *report = j->report;

	r->clone_ms = report->clone_ms;
	r->load_ms = report->load_ms;
	r->test_ms = report->test_ms;
	r->unload_ms = report->unload_ms;
	if (!r->total_ms)
		r->total_ms = report->total_ms;
	r->has_command = report->command_ran;
	/* What read the test output may have set a failure already: it is not
	 * overwritten by a success. */
	if (!r->command_status)
		r->command_status = report->command_status;
}

/* The agent cannot forward the log of a kernel that died, maybe right after its report:
 * the console has the rest. */
static void gather_lines(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	struct lab_log_line *more = NULL;
	unsigned long long last = r->n_log ? r->log[r->n_log - 1].usec : 0;
	size_t n;

	n = klog_from_console(&r->console, r->phase, last, &more);
	j->lines = xcalloc(r->n_log + n + 1, sizeof(*j->lines));
	for (size_t i = 0; i < r->n_log; i++)
		if (r->log[i].text)
			j->lines[j->n_lines++] = r->log[i];
	for (size_t i = 0; i < n; i++)
		j->lines[j->n_lines++] = more[i];
	free(more);
}

static void free_lines(struct judge *j)
{
	size_t own = 0;

	for (size_t i = 0; i < j->report->n_log; i++)
		own += j->report->log[i].text != NULL;
	for (size_t i = own; i < j->n_lines; i++)
		free(j->lines[i].text);
	free(j->lines);
}

/* The middle of a long log goes: its start has the cause, its end the consequence. */
static void copy_log(struct judge *j)
{
	const struct lab_guest_report *report = j->report;
	size_t skip = report->n_log > LOG_LINES ? report->n_log - LOG_LINES : 0;

	for (size_t i = 0; i < report->n_log; i++) {
		const struct lab_log_line *line = &report->log[i];

		if (skip && i >= LOG_LINES / 2 && i < LOG_LINES / 2 + skip) {
			if (i == LOG_LINES / 2)
				strv_printf(&j->result->log, "... %zu lines left out",
					    skip);
			continue;
		}
		strv_printf(&j->result->log, "[%5llu.%06llu] %s", line->usec / 1000000,
			    line->usec % 1000000, line->text ? line->text : "");
	}
}

static void copy_console(struct judge *j)
{
	const struct text *console = &j->report->console;
	const char *s = console->s;
	struct strv all = STRV_INIT;
	size_t len;

	for (; s && *s; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		if (len)
			strv_take(&all, xstrndup(s, len - (s[len - 1] == '\r')));
	}
	for (size_t i = all.n > CONSOLE_LINES ? all.n - CONSOLE_LINES : 0; i < all.n; i++)
		strv_add(&j->result->console, all.v[i]);
	strv_deinit(&all);
}

static void note_doubts(struct judge *j)
{
	const struct lab_guest_report *report = j->report;
	struct strv *notes = &j->result->notes;

	if (report->leftovers_partial)
		strv_add(notes,
			 "the leak search missed some records: more may be left over");
	if (symbolizer_gave_up(j->symbols))
		strv_add(notes, "a module's debug information could not be read to its "
				"end: places in the source are missing");
	for (size_t i = 0; i < report->n_log; i++)
		if (report->log[i].text &&
		    strstr(report->log[i].text, "module license '") &&
		    strstr(report->log[i].text, "taints kernel"))
			strv_add(notes, report->log[i].text);
}

/* Does an event explain a taint flag? What the kernel says of memory, locks and time also
 * sets W or B. */
static bool is_complaint(const struct lab_event *event)
{
	return event->outcome == LAB_WARNING ||
	       (event->outcome >= LAB_ATOMIC_SLEEP && event->outcome <= LAB_PANIC) ||
	       !strcmp(event->kind, "slab-leak");
}

static bool has_complaint(const struct lab_result *r)
{
	for (size_t i = 0; i < r->n_events; i++)
		if (is_complaint(&r->events[i]))
			return true;
	return false;
}

/* Taint flags stay when the text is lost, or has no rule (kernel/panic.c: taint_flags).
 */
static const struct taint {
	unsigned int bit;
	enum lab_outcome outcome;
	const char *kind, *words;
} taints[] = {
	{7, LAB_OOPS, "oops", "an oops (D)"},
	{14, LAB_HUNG, "soft-lockup", "a soft lockup (L)"},
	{5, LAB_SANITIZER, "bad-page", "damaged memory (B)"},
	{9, LAB_WARNING, "warning", "a warning (W)"},
};

/* Flags have no time: the last phase that there is for an event. */
static enum lab_phase last_phase(const struct lab_guest_report *r)
{
	return r->phase < LAB_PHASE_DONE ? r->phase : LAB_PHASE_LEAK;
}

static void judge_taint(struct judge *j)
{
	const struct lab_guest_report *report = j->report;
	bool explained = has_complaint(j->result);

	for (size_t i = 0; i < sizeof(taints) / sizeof(*taints); i++) {
		const struct taint *t = &taints[i];
		struct lab_event event;

		if (!(report->taint & 1ULL << t->bit) ||
		    (t->bit == 7 ? j->result->outcome >= LAB_OOPS : explained))
			continue;
		event = judge_event(t->outcome, last_phase(report), t->kind,
				    "the kernel is tainted by %s whose text is lost",
				    t->words);
		judge_add(j, &event);
	}
}

/* Nobody knows what was in them. */
static void judge_lost_log(struct judge *j)
{
	const struct lab_guest_report *report = j->report;
	struct lab_event event;

	if (!report->log_lost)
		return;
	event = judge_event(
		LAB_WARNING, report->lost_phase, "log-lost",
		"%zu records of the kernel's log were overwritten before they "
		"could be read: a warning may be among them",
		report->log_lost);
	judge_add(j, &event);
}

static char *pass_words(const struct lab_result *r, const struct lab_guest_job *job)
{
	struct text t = TEXT_INIT;

	if (r->build_ms > 0)
		text_puts(&t, "built, ");
	if (job->n_modules)
		text_puts(&t, "loaded, ");
	if (r->has_command)
		text_puts(&t, r->n_tests || r->test ? "tested, " : "command ran, ");
	text_puts(&t, job->n_modules ? "unloaded, nothing left" : "nothing went wrong");
	return text_take(&t);
}

static void conclude(struct judge *j)
{
	struct lab_result *r = j->result;

	if (r->outcome == LAB_PASS && j->report->end == LAB_END_DONE) {
		r->phase = LAB_PHASE_DONE;
		free(r->summary);
		r->summary = pass_words(r, j->job);
		return;
	}
	if (!r->hint)
		r->hint = judge_hint(j);
}

void lab_judge(struct lab_result *result, const struct lab_guest_report *report,
	       const struct lab_guest_job *job)
{
	struct judge j = {.result = result,
			  .report = report,
			  .job = job,
			  .symbols = symbolizer_create()};

	for (size_t i = 0; i < job->n_modules; i++)
		if (job->modules[i].path && job->modules[i].name)
			symbolizer_add(j.symbols, job->modules[i].name,
				       job->modules[i].path);
	symbolizer_sections(j.symbols, report->sections, report->n_sections);
	gather_lines(&j);
	describe(&j);
	copy_log(&j);
	if (report->end != LAB_END_DONE)
		copy_console(&j);
	judge_log(&j);
	judge_calls(&j);
	judge_tests(&j);
	judge_leftovers(&j);
	judge_witness(&j);
	judge_end(&j);
	judge_taint(&j);
	judge_lost_log(&j);
	judge_host(&j);
	judge_flood(&j);
	note_doubts(&j);
	conclude(&j);
	free_lines(&j);
	symbolizer_destroy(j.symbols);
}
