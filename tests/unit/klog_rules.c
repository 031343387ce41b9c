// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each line of tests/reports/complaints.txt gives the event that stands before it, each
 * such event has advice, and there is no rule that none of the lines meets. Then the
 * shapes in which the lines come: several at once, with a trace or none, inside a WARN.
 */
#include <stdlib.h>
#include <string.h>

#include "fs.h"
#include "tap.h"
#include "verdict/klog_tables.h"
#include "verdict/pattern.h"
#include "verdict/result.h"

static const struct klog_complaints *const tables[] = {&klog_kernel, &klog_files,
						       &klog_devices, &klog_net};

enum { TABLES = sizeof(tables) / sizeof(*tables), RULES_MAX = 200 };

static bool met[TABLES][RULES_MAX];

static void note_rule(const char *line)
{
	const struct klog_rule *rule = klog_complaint(line);

	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t]->n && i < RULES_MAX; i++)
			met[t][i] |= rule == &tables[t]->v[i].rule;
}

static void judge(struct lab_log_line *lines, size_t n, struct lab_result *r)
{
	struct lab_guest_report report = {
		.end = LAB_END_DONE, .phase = LAB_PHASE_DONE, .log = lines, .n_log = n};
	struct lab_guest_job job = {0};

	lab_judge(r, &report, &job);
}

/* The text of a line of the log, in the phase of loading. */
#define LINE(s)                                                                          \
	{                                                                                \
		.text = (char *)(s), .phase = LAB_PHASE_LOAD                             \
	}

/* Some kernels print a trace behind it, and some rules wait for one. */
static void check_line(const char *outcome, const char *kind, const char *text)
{
	struct lab_log_line lines[] = {
		LINE(text),
		LINE("CPU: 0 PID: 93 Comm: insmod Tainted: G           OE"),
		LINE("Call Trace:"),
		LINE(" <TASK>"),
		LINE(" dump_stack_lvl+0x44/0x5c"),
		LINE(" </TASK>"),
	};
	struct lab_result *r = lab_result_create();
	const struct lab_event *e;

	note_rule(text);
	judge(lines, sizeof(lines) / sizeof(*lines), r);
	e = r->n_events ? &r->events[0] : NULL;
	is_str(e ? lab_outcome_name(e->outcome) : "nothing", outcome, text);
	if (e) {
		is_str(e->kind, kind, text);
		ok(r->hint && *r->hint, "with advice");
	}
	lab_result_destroy(r);
}

/* "KERNELS OUTCOME KIND LINE" */
static void check_entry(char *entry)
{
	char *word[3], *at = entry;

	for (int i = 0; i < 3; i++) {
		word[i] = at;
		at = strchr(at, ' ');
		if (!ok(at, "an entry has four parts"))
			return;
		*at++ = '\0';
	}
	check_line(word[1], word[2], at);
}

static void test_lines(void)
{
	static const char path[] = KMLAB_SOURCE "/tests/reports/complaints.txt";
	_cleanup_free_ char *text = NULL;
	char *end;
	size_t n = 0;

	if (!ok(!fs_read_file(path, &text, NULL), "the lines can be read"))
		return;
	for (char *line = text; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (!*line || *line == '#')
			continue;
		check_entry(line);
		n++;
	}
	ok(n > 150, "there are many lines");
}

static void test_rules_met(void)
{
	for (size_t t = 0; t < TABLES; t++) {
		ok(tables[t]->n <= RULES_MAX, "this test has room for the table");
		for (size_t i = 0; i < tables[t]->n && i < RULES_MAX; i++)
			if (!met[t][i])
				ok(false, tables[t]->v[i].rule.pattern);
	}
}

static void test_documented(void)
{
	static const char path[] = KMLAB_SOURCE "/docs/result.md";
	_cleanup_free_ char *text = NULL;

	if (!ok(!fs_read_file(path, &text, NULL), "docs/result.md can be read"))
		return;
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < tables[t]->n; i++) {
			_cleanup_free_ char *kind =
				xprintf("`%s`", tables[t]->v[i].rule.kind);

			if (!strstr(text, kind))
				ok(false, kind);
		}
}

/* Log lines to a result; the first event, or NULL. */
#define EVENTS(r, ...)                                                                   \
	struct lab_log_line _lines[] = {__VA_ARGS__};                                    \
	struct lab_result *r = lab_result_create();                                      \
	judge(_lines, sizeof(_lines) / sizeof(*_lines), r)

static const struct lab_frame *innermost(const struct lab_result *r, size_t event)
{
	static const struct lab_frame none;

	return event < r->n_events && r->events[event].n_frames
		       ? &r->events[event].frames[0]
		       : &none;
}

static void test_several(void)
{
	EVENTS(r, LINE("sysctl table check failed: kernel/bad No data"),
	       LINE("sysctl table check failed: kernel/bad No maxlen"),
	       LINE("CPU: 0 PID: 93 Comm: insmod"), LINE("Call Trace:"),
	       LINE(" register_sysctl+0x44/0x5c"), LINE(" bad_init+0x10/0x1000 [bad]"),
	       LINE("bad: loaded"));

	is_int(r->n_events, 1, "two mistakes in one table are one event");
	is_int(r->events[0].detail.n, 6, "both lines and the trace belong to it");
	is_str(r->events[0].title,
	       "sysctl table refused in register_sysctl, called from bad_init while "
	       "loading",
	       "and the trace names the caller");
	lab_result_destroy(r);
}

static void test_no_trace(void)
{
	EVENTS(r, LINE("sysctl table check failed: kernel/bad No data"),
	       LINE("------------[ cut here ]------------"),
	       LINE("bad: a text of its own"),
	       LINE("WARNING: CPU: 0 PID: 93 at bad.c:7 bad_init+0x13/0x1000 [bad]"),
	       LINE("---[ end trace 0000000000000000 ]---"));

	is_int(r->n_events, 2, "without a trace the event ends at its line");
	is_int(r->events[0].detail.n, 1, "and takes nothing of the next report");
	is_str(r->events[1].title,
	       "warning \"bad: a text of its own\" in bad_init while loading",
	       "which keeps its own words");
	lab_result_destroy(r);
}

static void test_inside_warn(void)
{
	EVENTS(r, LINE("------------[ cut here ]------------"),
	       LINE("NETDEV WATCHDOG: bad0 (bad): transmit queue 0 timed out"),
	       LINE("WARNING: CPU: 0 PID: 0 at net/sched/sch_generic.c:467 "
		    "dev_watchdog+0x259/0x260"),
	       LINE("---[ end trace 0000000000000000 ]---"));

	is_int(r->n_events, 1, "a complaint inside a WARN is one event");
	is_str(r->events[0].kind, "netdev-stuck", "of the complaint's kind");
	lab_result_destroy(r);
}

static void test_blame(void)
{
	EVENTS(r,
	       LINE("seq_file: buggy .next function next_item [bad] did not update "
		    "position index"),
	       LINE("dev_attr_show: words_show+0x0/0x40 [bad]/0x0 returned bad count"),
	       LINE("fill_read_buffer: dev_attr_show+0x0/0x40 returned bad count"),
	       LINE("resource sanity check: requesting [mem 0xfd000000-0xfd001fff], "
		    "which spans more than 0000:00:02.0 [mem 0xfd000000-0xfd000fff]"),
	       LINE("caller probe+0x35/0x60 [bad 0123456789abcdef0123] mapping multiple "
		    "BARs"));

	is_int(r->n_events, 3, "what the line before has said is no event");
	is_str(innermost(r, 0)->function, "next_item", "a bare name is a frame");
	is_str(innermost(r, 0)->module, "bad", "of its module");
	is_str(innermost(r, 1)->function, "words_show", "so is the first of two");
	is_str(innermost(r, 1)->module, "bad", "of its module");
	is_str(innermost(r, 2)->function, "probe", "and a name with a build id");
	is_str(innermost(r, 2)->module, "bad", "of its module");
	lab_result_destroy(r);
}

/* Only the message names the module: the worker's trace is the kernel's own. */
static void test_blame_before_trace(void)
{
	EVENTS(r,
	       LINE("BUG: workqueue leaked atomic, lock or RCU: kworker/0:2[54]\n"
		    "     preempt=0x00000200 lock=0->0 RCU=0->0 workfn=run [bad]"),
	       LINE("CPU: 0 UID: 0 PID: 54 Comm: kworker/0:2 Tainted: G           OE"),
	       LINE("Workqueue: events vmstat_update"), LINE("Call Trace:"),
	       LINE(" <TASK>"), LINE(" process_one_work+0x1c0/0x330"),
	       LINE(" kthread+0xcf/0x100"), LINE(" </TASK>"));

	is_int(r->n_events, 1, "one event");
	is_str(innermost(r, 0)->function, "run", "its function comes first");
	is_int(r->events[0].n_frames, 3, "before the trace");
	lab_result_destroy(r);
}

static void test_aftermath(void)
{
	EVENTS(r, LINE("BUG: kernel NULL pointer dereference, address: 0000000000000000"),
	       LINE("Oops: 0002 [#1] SMP NOPTI"), LINE("Call Trace:"),
	       LINE(" bad_init+0x10/0x1000 [bad]"),
	       LINE("---[ end trace 0123456789abcdef ]---"),
	       LINE("note: insmod[93] exited with preempt_count 1"));

	is_int(r->n_events, 1, "the note behind an oops is none of its own");
	lab_result_destroy(r);
}

int main(void)
{
	test_lines();
	test_rules_met();
	test_documented();
	test_several();
	test_no_trace();
	test_inside_warn();
	test_blame();
	test_blame_before_trace();
	test_aftermath();
	return tap_done();
}
