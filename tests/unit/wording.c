// SPDX-License-Identifier: GPL-2.0-only
/* What a person reads: each fault once, in words that are right and lead on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs.h"
#include "stand_in.h"
#include "tap.h"
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

/* --- what init returned ------------------------------------------------------------- */

static char dir[] = "/tmp/kmlab-wording-XXXXXX";
static char *ko;

/* A stand-in for a module whose init function sets a probe. */
static void compile_module(void)
{
	static const char text[] = "int register_kprobe(void *);\n"
				   "int init_module(void)\n"
				   "{ return register_kprobe(0) + 1; }\n"
				   "int mode_store(void) { return 0; }\n";

	ko = compile_stand_in(dir, "mod", text, "-O1", "-g");
}

static bool irq_taken;

static void init_failed(int err, const char *title, const char *hint)
{
	static const char *const taken[] = {
		"genirq: Flags mismatch irq 0. 00000080 (mod) vs. 00015a20 (timer)",
		NULL};
	struct lab_result *r;

	start();
	report.load_failed = (char *)"mod";
	report.load_errno = err;
	if (irq_taken)
		log_lines(LAB_PHASE_LOAD, taken);
	r = judge();
	is_int((long long)r->n_events, 1, "is the only event");
	is_str(r->summary, title, "the number, its name and its words");
	ok(r->hint && strstr(r->hint, hint), hint);
	lab_result_destroy(r);
}

#define INIT "'mod' was not loaded: its init function "

static void test_init(void)
{
	static const char *const log[] = {
		"mod: init suspiciously returned 7, it should follow 0/-E convention",
		NULL};
	static const char *const old[] = {
		"do_init_module: 'mod'->init suspiciously returned 7, it should follow "
		"0/-E convention",
		"do_init_module: loading module anyway...",
		"CPU: 0 PID: 111 Comm: busybox Tainted: G        W  OE",
		"Call Trace:",
		" dump_stack_lvl+0x44/0x5c",
		" do_init_module+0x21/0x26",
		NULL};
	static const char *const *const logs[] = {log, old};

	init_failed(512, INIT "returned -512 (ERESTARTSYS): a signal interrupted it",
		    "return -EINTR");
	init_failed(517,
		    INIT "returned -517 (EPROBE_DEFER): something that it needs is not "
			 "there yet",
		    "nobody calls init again");
	init_failed(527,
		    INIT "returned -527 (EBADTYPE): the server does not know the type "
			 "(NFS)",
		    "the kernel's own");
	init_failed(5000, INIT "returned -5000, which is no error code", "errno(3)");
	init_failed(EBUSY, INIT "returned -16 (EBUSY): Device or resource busy",
		    "let the kernel choose it");
	irq_taken = true;
	init_failed(EBUSY, INIT "returned -16 (EBUSY): Device or resource busy",
		    "share it with IRQF_SHARED");
	irq_taken = false;
	init_failed(EIO, INIT "returned -5 (EIO): Input/output error",
		    "look at what the init function returns");
	modules[0].path = ko;
	init_failed(ENOENT,
		    INIT "init_module (mod.c:3) returned -2 (ENOENT): No such file or "
			 "directory",
		    "a symbol that this kernel does not have");
	for (size_t i = 0; i < 2; i++) {
		struct lab_result *r;

		start();
		log_lines(LAB_PHASE_LOAD, logs[i]);
		r = judge();
		is_str(r->summary,
		       "the init function returned 7, a positive number, in init_module "
		       "(mod.c:3) while loading",
		       "a positive number is told, and whose it is");
		is_int(r->n_events, 1, "once");
		lab_result_destroy(r);
	}
	modules[0].path = "/nonexistent/mod.ko";
}

/* --- an attribute in sysfs ---------------------------------------------------------- */

static void write_hangs(const char *file, const char *title)
{
	struct lab_task task = {
		.name = (char *)"sh",
		.call = (char *)"write",
		.file = (char *)file,
		.stack = (char *)"",
		.pid = 80,
		.is = LAB_TASK_CALLS,
		.state = 'R',
		.seen = 8,
		.asked = 2,
		.writes = 6000,
	};
	struct lab_result *r;

	start();
	report.command_ran = report.command_killed = true;
	report.tasks = &task;
	report.n_tasks = 1;
	r = judge();
	is_str(r->summary, title, "the function behind an attribute");
	lab_result_destroy(r);
}

static void test_attribute(void)
{
	modules[0].path = ko;
	write_hangs("/sys/class/misc/mod/mode",
		    "write() returns 0 for ever: called 6000 times ('sh' writes "
		    "'/sys/class/misc/mod/mode'), in mode_store (mod.c:4)");
	write_hangs("/sys/class/misc/mod/other",
		    "write() returns 0 for ever: called 6000 times ('sh' writes "
		    "'/sys/class/misc/mod/other')");
	write_hangs("/dev/mode", "write() returns 0 for ever: called 6000 times ('sh' "
				 "writes '/dev/mode')");
	modules[0].path = "/nonexistent/mod.ko";
}

/* --- a flood of messages ------------------------------------------------------------ */

/* @n lines of the module in as many seconds as @seconds; after @rest seconds more the
 * kernel says that a CPU is stuck, in printk(). */
static void flood(size_t n, double seconds, double rest, const char *kind, size_t events)
{
	static const char *const stall[] = {
		"rcu: INFO: rcu_preempt self-detected stall on CPU",
		"CPU: 0 PID: 87 Comm: init Tainted: G           OE",
		"RIP: 0010:console_unlock+0x1d0/0x200",
		"Call Trace:",
		" <TASK>",
		" vprintk_emit+0x1dc/0x200",
		" _printk+0x68/0x80",
		" r_init+0x20/0x1000 [mod]",
		" do_one_initcall+0x56/0x220",
		" </TASK>",
	};
	size_t n_stall = sizeof(stall) / sizeof(*stall);
	struct lab_log_line *log = xcalloc(n + n_stall, sizeof(*log));
	struct lab_result *r;

	start();
	for (size_t i = 0; i < n + n_stall; i++)
		log[i] = (struct lab_log_line){
			LAB_PHASE_LOAD, 6,
			(unsigned long long)(1e6 +
					     1e6 * seconds * (double)(i < n ? i : n) /
						     (double)n +
					     (i < n ? 0 : 1e6 * rest)),
			(char *)(i < n ? "a chatty line" : stall[i - n])};
	report.log = log;
	report.n_log = n + n_stall;
	report.load_stalled = true;
	report.load_failed = (char *)"mod";
	report.stall_trace = (char *)"[<0>] _printk+0x68/0x80\n"
				     "[<0>] r_init+0x20/0x1000 [mod]\n"
				     "[<0>] do_one_initcall+0x56/0x220\n";
	r = judge();
	is_str(lab_result_worst(r)->kind, kind, "a flood is told from a loop");
	is_int((long long)r->n_events, (long long)events, "and told once");
	if (!strcmp(kind, "printk-flood")) {
		is_str(r->summary,
		       "'mod' prints too much: 20010 lines in 17 s, for each of which it "
		       "waits for the slow console, in r_init, while loading",
		       "with the number of lines");
		ok(r->hint && strstr(r->hint, "pr_info_ratelimited"), "and what helps");
		is_str(lab_outcome_name(r->outcome), "hung", "it is still a hang");
	}
	lab_result_destroy(r);
	free(log);
}

static void test_flood(void)
{
	flood(20000, 17, 0, "printk-flood", 1);
	flood(20000, 17, 9, "rcu-stall", 2);
	flood(100, 17, 0, "rcu-stall", 2);
	flood(2000, 300, 0, "rcu-stall", 2);
}

/* --- what the test printed ---------------------------------------------------------- */

static void output_leads_to(const char *out, const char *hint)
{
	struct lab_result *r;

	start();
	report.command_ran = true;
	report.command_status = 1;
	r = judge();
	lab_judge_output(r, out);
	ok((r->hint && strstr(r->hint, "the kernel's own")) == (hint != NULL) &&
		   (!hint || strstr(r->hint, hint)),
	   hint ? hint : "no hint");
	lab_result_destroy(r);
}

static void test_output(void)
{
	output_leads_to("cat: read error: Unknown error 512", "signal_pending(current)");
	output_leads_to("Unknown error 1\nUnknown error 524\n", "ENOTSUPP");
	output_leads_to("cat: read error: Unknown error 4711", NULL);
	output_leads_to(NULL, NULL);
}

/* A trace of @n frames of the kernel, with the module's own at @own. */
static void trace_shows(size_t n, size_t own, size_t dots)
{
	_cleanup_free_ char *s = NULL;
	struct lab_event event = {.outcome = LAB_TIMEOUT,
				  .kind = xstrdup("endless-call"),
				  .title = xstrdup("x")};
	struct lab_result *r = lab_result_create();
	size_t lines_shown = 0, dots_shown = 0;

	for (size_t i = 0; i < n; i++) {
		struct lab_frame f = {.function = xprintf("f%zu", i),
				      .module = i == own ? xstrdup("mod") : NULL,
				      .size = 1};

		lab_event_add_frame(&event, &f);
	}
	lab_result_add_event(r, &event);
	s = view_of(r);
	for (const char *at = s; (at = strstr(at, "\n    ")); at++)
		lines_shown++;
	for (const char *at = s; (at = strstr(at, "      ...\n")); at++)
		dots_shown++;
	ok(strstr(s, "    > f"), "the module's own frame is shown");
	ok(strstr(s, "      f0"), "with the innermost one");
	is_int((long long)dots_shown, (long long)dots, "what is left out is marked");
	ok(lines_shown <= 9, "and not too much is shown");
	lab_result_destroy(r);
}

static void test_trace(void)
{
	trace_shows(3, 1, 0);
	trace_shows(12, 3, 0);
	trace_shows(20, 6, 0);
	trace_shows(20, 7, 1);
	trace_shows(20, 15, 1);
	trace_shows(20, 19, 1);
	trace_shows(8, 7, 0);
}

int main(void)
{
	test_trace();
	test_output();
	if (!mkdtemp(dir))
		return 1;
	compile_module();
	test_init();
	test_attribute();
	test_flood();
	fs_remove_tree(dir);
	free(ko);
	test_diagnostic();
	test_oops_twice();
	test_complaint_twice();
	return tap_done();
}
