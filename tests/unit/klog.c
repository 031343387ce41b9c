// SPDX-License-Identifier: GPL-2.0-only
/* Every log in tests/reports/ is classified as its head says. */
#include <stdlib.h>
#include <string.h>

#include "fs.h"
#include "tap.h"
#include "verdict/klog.h"
#include "verdict/pattern.h"
#include "verdict/result.h"

static void describe(const struct lab_result *r, struct text *ret)
{
	for (size_t i = 0; i < r->n_events; i++)
		text_printf(ret, "%s %s: %s\n", lab_outcome_name(r->events[i].outcome),
			    r->events[i].kind, r->events[i].title);
	if (!r->n_events)
		text_puts(ret, "nothing\n");
}

static void judge(const char *console, struct text *ret)
{
	struct lab_guest_report report = {.end = LAB_END_DONE, .phase = LAB_PHASE_DONE};
	struct lab_guest_job job = {0};
	struct text text = TEXT_INIT;
	struct lab_result *r = lab_result_create();

	text_puts(&text, console);
	report.n_log = klog_from_console(&text, LAB_PHASE_LOAD, 0, &report.log);
	lab_judge(r, &report, &job);
	describe(r, ret);
	lab_result_destroy(r);
	klog_lines_free(report.log, report.n_log);
	text_deinit(&text);
}

/* A report begins with a head: a line "expect: EVENT" for each event, or "expect:
 * nothing", and an empty line. Returns the log below it, or NULL when there is no such
 * head. */
static const char *skip_head(const char *report, struct text *expected)
{
	static const char key[] = "expect: ";
	const char *end;

	for (; *report != '\n'; report = end + 1) {
		end = strchr(report, '\n');
		if (!end || !str_starts(report, key))
			return NULL;
		report += strlen(key);
		text_add(expected, report, (size_t)(end + 1 - report));
	}
	return expected->len ? report + 1 : NULL;
}

/* For a person, who then reads git diff. */
static void write_head(const char *path)
{
	_cleanup_free_ char *report = NULL;
	_cleanup_text_ struct text old = TEXT_INIT, got = TEXT_INIT, new = TEXT_INIT;
	const char *log, *line, *end;

	if (fs_read_file(path, &report, NULL))
		return;
	log = skip_head(report, &old);
	if (!log)
		log = report;
	judge(log, &got);
	for (line = got.s; *line; line = end + 1) {
		end = strchr(line, '\n');
		text_printf(&new, "expect: %.*s\n", (int)(end - line), line);
	}
	text_printf(&new, "\n%s", log);
	fs_write_file(path, new.s, new.len, 0644);
}

static void test_report(const char *dir, const char *file)
{
	_cleanup_free_ char *path = xprintf("%s/%s", dir, file), *report = NULL;
	_cleanup_text_ struct text want = TEXT_INIT, got = TEXT_INIT;
	const char *log;

	if (getenv("KMLAB_TEST_UPDATE"))
		write_head(path);
	if (!ok(!fs_read_file(path, &report, NULL), file))
		return;
	log = skip_head(report, &want);
	judge(log ? log : report, &got);
	is_str(got.s, log ? want.s : "(no head)", file);
}

static void test_reports(void)
{
	static const char dir[] = KMLAB_SOURCE "/tests/reports";
	struct strv names = STRV_INIT;
	size_t n = 0;

	ok(!fs_list(dir, false, &names), "the folder of reports can be read");
	for (size_t i = 0; i < names.n; i++) {
		if (!str_ends(names.v[i], ".log"))
			continue;
		test_report(dir, names.v[i]);
		n++;
	}
	ok(n > 50, "there are reports");
	strv_deinit(&names);
}

static void test_patterns(void)
{
	ok(pattern_match("abc", "abcdef"), "a pattern is a prefix");
	ok(!pattern_match("abc", "xabc"), "and anchored");
	ok(pattern_match("*abc", "xabcx"), "a star stands for anything");
	ok(pattern_match("a*b*c", "a--b--b--c"), "also twice");
	ok(!pattern_match("a*b*c", "a--b--b--"), "but all must be there");
	ok(pattern_match("CPU: % PID: %x", "CPU: 12 PID: 345x"),
	   "a percent sign is digits");
	ok(!pattern_match("CPU: % ", "CPU: x "), "and nothing else");
	ok(pattern_match("*[#%]", "Oops: 0002 [#1] SMP"), "brackets are themselves");
	ok(!pattern_match("a", ""), "an empty line matches nothing");
}

static void test_console(void)
{
	struct text t = TEXT_INIT;
	struct lab_log_line *lines;

	text_puts(&t,
		  "login: not from the kernel\r\n[    1.000001] one\r\n"
		  "[    2.000002][    C0] two\n[    3.000003] \x1b[31mthree\n[    4.0");
	is_int(klog_from_console(&t, LAB_PHASE_TEST, 1000001, &lines), 2,
	       "lines already known and lines of others are left out");
	is_str(lines[0].text, "two", "stamp and caller are stripped");
	is_int(lines[0].usec, 2000002, "the stamp is read");
	is_int(lines[1].phase, LAB_PHASE_TEST, "the phase is the last one begun");
	klog_lines_free(lines, 2);
	text_deinit(&t);
}

/* Whatever a module prints: no crash, and no endless loop. */
static void test_garbage(void)
{
	struct lab_log_line lines[64];
	static char text[64][300];
	struct klog_events events;
	unsigned int seed = 1;

	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 64; i++) {
			static const char *const starts[] = {
				"BUG: ",
				"Oops: [#1]",
				"WARNING: CPU: 0 PID: 1 at ",
				"Call Trace:",
				" ? ",
				"RIP: 0010:",
				"---[ end trace",
				"------------[ cut here ]------------",
				"Kernel panic - not syncing: ",
				" a+0x",
				"[<",
				"====================",
			};
			size_t len = (size_t)snprintf(text[i], sizeof(text[i]), "%s",
						      starts[rand_r(&seed) % 12]);

			while (len < (size_t)(rand_r(&seed) % 299))
				text[i][len++] = (char)(rand_r(&seed) % 255 + 1);
			text[i][len] = 0;
			lines[i] = (struct lab_log_line){.text = text[i]};
		}
		klog_classify(lines, 64, &events);
		klog_events_deinit(&events);
	}
	ok(true, "garbage is survived");
}

int main(void)
{
	test_patterns();
	test_console();
	test_reports();
	test_garbage();
	return tap_done();
}
