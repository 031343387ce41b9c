// SPDX-License-Identifier: GPL-2.0-only
/* What a person reads: each fault once, in words that are right and lead on. */
#include <errno.h>
#include <string.h>

#include "tap.h"
#include "text.h"
#include "verdict/event.h"

static struct lab_guest_module modules[] = {
	{.name = "mod", .path = "/nonexistent/mod.ko", .params = ""},
	{.name = "other", .path = "/nonexistent/other.ko", .params = ""},
};

static struct lab_log_line lines[64];
static struct lab_guest_report report;
static size_t n_modules;

static void start(void)
{
	memset(&report, 0, sizeof(report));
	report.end = LAB_END_DONE;
	report.phase = LAB_PHASE_DONE;
	report.unload_refcount = -1;
	report.log = lines;
	n_modules = 1;
}

static void log_lines(enum lab_phase phase, const char *const *text)
{
	for (; *text; text++, report.n_log++)
		lines[report.n_log] = (struct lab_log_line){
			phase, 4, 1000000 + report.n_log, (char *)*text};
}

static struct lab_result *judge(void)
{
	char *argv[] = {(char *)"prog", NULL};
	struct lab_guest_job job = {
		.modules = modules, .n_modules = n_modules, .argv = argv};
	struct lab_result *r = lab_result_create();

	r->source = xstrdup("mod.c");
	lab_judge(r, &report, &job);
	return r;
}

/* --- what the kernel says twice ----------------------------------------------------- */

static void test_oops_twice(void)
{
	static const char *const log[] = {
		"BUG: unable to handle page fault for address: ffffffffc0100000",
		"#PF: supervisor instruction fetch in kernel mode",
		"Oops: 0010 [#1] PREEMPT SMP NOPTI",
		"CPU: 0 PID: 87 Comm: init Tainted: G           OE",
		"RIP: 0010:0xffffffffc0100000",
		"Call Trace:",
		" syscall_trace_enter+0x183/0x1a0",
		"Modules linked in: virtio_blk [last unloaded: mod(OE)]",
		"---[ end trace 0000000000000000 ]---",
		"BUG: unable to handle page fault for address: ffffffffc0100000",
		"#PF: supervisor instruction fetch in kernel mode",
		"Oops: 0010 [#2] PREEMPT SMP NOPTI",
		"CPU: 1 PID: 1 Comm: init Tainted: G      D    OE",
		"RIP: 0010:0xffffffffc0100000",
		"Call Trace:",
		" syscall_trace_enter+0x183/0x1a0",
		"Modules linked in: virtio_blk [last unloaded: mod(OE)]",
		"---[ end trace 0000000000000000 ]---",
		"Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009",
		NULL,
	};
	struct lab_section text = {(char *)"mod", (char *)".text", 0xffffffffc0100000ULL};

	for (n_modules = 1; n_modules <= 2; n_modules++) {
		size_t n = n_modules;
		struct lab_result *r;

		start();
		n_modules = n;
		report.sections = &text;
		report.n_sections = 1;
		report.end = LAB_END_PANIC;
		report.phase = LAB_PHASE_UNLOAD;
		log_lines(LAB_PHASE_UNLOAD, log);
		r = judge();
		is_str(lab_outcome_name(r->outcome), "panic", "an oops, and its panic");
		is_int(r->n_events, 1, "in two tasks is told once");
		lab_result_destroy(r);
	}
}

static void test_complaint_twice(void)
{
	static const char *const log[] = {
		"dev_attr_show: s_show+0x0/0x40 [mod] returned bad count",
		"------------[ cut here ]------------",
		"OOB write or bad count 5000 at dev_attr_show+0x0/0x40",
		"WARNING: fs/sysfs/file.c:74 at sysfs_kf_seq_show+0x106/0x130, CPU#1: "
		"cat/102",
		"CPU: 1 UID: 0 PID: 102 Comm: cat Tainted: G           OE",
		"RIP: 0010:sysfs_kf_seq_show+0x10d/0x130",
		"Call Trace:",
		" <TASK>",
		" seq_read_iter+0x123/0x480",
		" </TASK>",
		"---[ end trace 0000000000000000 ]---",
		NULL,
	};
	struct lab_result *r;

	start();
	log_lines(LAB_PHASE_TEST, log);
	r = judge();
	is_int(r->n_events, 1, "a complaint of two parts of the kernel is told once");
	ok(strstr(r->summary, " in s_show "), "with the function of the module");
	lab_result_destroy(r);
	start();
	log_lines(LAB_PHASE_TEST, log + 1);
	r = judge();
	is_int(r->n_events, 1, "the second part alone is told, too");
	lab_result_destroy(r);
}

/* --- of much output what counts ----------------------------------------------------- */

static char *view_of(struct lab_result *r)
{
	char *s = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&s, &n);

	lab_result_print_text(f, r, false);
	fclose(f);
	return s;
}

static void test_diagnostic(void)
{
	struct ktap_test *tests = xcalloc(1, sizeof(*tests));
	_cleanup_text_ struct text said = TEXT_INIT;
	_cleanup_free_ char *s = NULL;
	struct lab_result *r;

	for (int i = 0; i < 40; i++)
		text_printf(&said, "# ok - promise %d\n", i);
	text_puts(&said, "# not ok - promise 40: read() returned 9\n# 1 of 41\n");
	tests->name = xstrdup("it keeps its promises");
	tests->status = KTAP_FAIL;
	tests->diagnostic = text_take(&said);
	start();
	r = judge();
	r->tests = tests;
	r->n_tests = 1;
	s = view_of(r);
	ok(strstr(s, "      not ok - promise 40: read() returned 9\n"),
	   "what failed in a test within a test is shown");
	ok(!strstr(s, "ok - promise 1\n"), "and not what did not");
	lab_result_destroy(r);
}

int main(void)
{
	test_diagnostic();
	test_oops_twice();
	test_complaint_twice();
	return tap_done();
}
