// SPDX-License-Identifier: GPL-2.0-only
/* From facts to verdicts, traces to source lines, and the views of a result. */
#include <errno.h>
#include <unistd.h>

#include "fs.h"
#include "stand_in.h"
#include "tap.h"
#include "clean.h"
#include "verdict/event.h"
#include "verdict/outcome.h"
#include "verdict/quote.h"
#include "verdict/symbolize.h"

/* A stand-in for a module: what matters are its sections, symbols and line numbers. */
static const char tiny_source[] =
	"static int *volatile p;\n"					       /* 1 */
	"static inline __attribute__((always_inline)) void inner(void)\n"      /* 2 */
	"{\n"								       /* 3 */
	"	asm volatile(\".globl at_inner\\nat_inner:\");\n"	       /* 4 */
	"	*p = 1;\n"						       /* 5 */
	"}\n"								       /* 6 */
	"int outer(void) { p = 0;\n"					       /* 7 */
	"	inner();\n"						       /* 8 */
	"	return 0; }\n"						       /* 9 */
	"__attribute__((section(\".init.text\"))) int start(int n)\n"	       /* 10 */
	"{ asm volatile(\".globl at_init\\nat_init:\"); return n / 2; }\n"     /* 11 */
	"__attribute__((section(\".text.unlikely\"))) int rare(int n)\n"       /* 12 */
	"{ return n * 3; }\n"						       /* 13 */
	"__attribute__((section(\".exit.text\"))) void cleanup_module(void)\n" /* 14 */
	"{ p = 0;\n"							       /* 15 */
	"extern int kthread_stop(int *); kthread_stop(p); }\n";		       /* 16 */

static char *dir, *tiny;

static struct lab_section sections[] = {
	{"tiny", ".text", 0xffffffffc0100000ULL},
	{"tiny", ".init.text", 0xffffffffc0200000ULL},
	{"tiny", ".text.unlikely", 0xffffffffc0100800ULL},
	{"tiny", ".exit.text", 0xffffffffc0100900ULL},
};

static struct lab_log_line lines[64];
static size_t n_lines;

static void log_line(enum lab_phase phase, const char *text)
{
	lines[n_lines] = (struct lab_log_line){phase, 4, 1000000 + n_lines, (char *)text};
	n_lines++;
}

static void log_lines(enum lab_phase phase, const char *const *text)
{
	for (; *text; text++)
		log_line(phase, *text);
}

static struct lab_guest_report good_report(void)
{
	n_lines = 0;
	return (struct lab_guest_report){
		.end = LAB_END_DONE,
		.phase = LAB_PHASE_DONE,
		.unload_refcount = -1,
		.sections = sections,
		.n_sections = sizeof(sections) / sizeof(*sections),
	};
}

static const char *skipped;

static struct lab_result *judge_ktap(struct lab_guest_report *report,
				     struct ktap_test *tests, size_t n)
{
	char *argv[] = {"prog", NULL};
	struct lab_guest_module module = {.path = tiny, .name = "tiny", .params = ""};
	struct lab_guest_job job = {.modules = &module, .n_modules = 1, .argv = argv};
	struct lab_result *r = lab_result_create();
	struct quote_trees trees = {NULL, 0};

	r->module = xstrdup("tiny");
	r->kernel = xstrdup("debian/6.1");
	r->release = xstrdup("6.1.0-56-amd64");
	r->source = xstrdup("tiny.c");
	r->total_ms = 210;
	r->tests = tests;
	r->n_tests = n;
	r->skipped = xstrdup(skipped);
	if (!report->log) {
		report->log = lines;
		report->n_log = n_lines;
	}
	lab_judge(r, report, &job);
	quote_trees_add(&trees, dir, dir, false);
	lab_result_quote(r, &trees);
	quote_trees_deinit(&trees);
	return r;
}

static struct lab_result *judge(struct lab_guest_report *report)
{
	return judge_ktap(report, NULL, 0);
}

static void check(struct lab_guest_report *report, enum lab_outcome outcome,
		  const char *kind, const char *summary)
{
	struct lab_result *r = judge(report);
	const char *got = "";

	for (size_t i = 0; i < r->n_events; i++)
		if (r->events[i].outcome == r->outcome && !*got)
			got = r->events[i].kind;
	is_str(lab_outcome_name(r->outcome), lab_outcome_name(outcome), kind);
	is_str(got, kind, kind);
	is_str(r->summary, summary, kind);
	lab_result_destroy(r);
}

static void check_hint(struct lab_guest_report *report, const char *start)
{
	struct lab_result *r = judge(report);

	if (!ok(r->hint && str_starts(r->hint, start), start))
		printf("# %s\n", r->hint ? r->hint : "(none)");
	lab_result_destroy(r);
}

static void test_outcomes(void)
{
	for (int a = 0; a <= LAB_CANCELLED; a++)
		for (int b = 0; b < a; b++)
			if (lab_outcome_exit(a) == lab_outcome_exit(b) ||
			    !strcmp(lab_outcome_name(a), lab_outcome_name(b)))
				ok(false, lab_outcome_name(a));
	is_int(lab_outcome_exit(LAB_PASS), 0, "a pass is 0");
	ok(lab_outcome_exit((enum lab_outcome)99) != 0, "an unknown outcome is no pass");
}

static void test_pass(void)
{
	struct lab_guest_report report = good_report();
	struct lab_result *r;

	log_line(LAB_PHASE_LOAD, "tiny: loading out-of-tree module taints kernel.");
	report.command_ran = true;
	r = judge(&report);
	is_int(r->outcome, LAB_PASS, "nothing wrong is a pass");
	is_str(r->summary, "loaded, command ran, unloaded, nothing left", "in words");
	ok(!r->hint, "without a hint");
	ok(r->log.n == 1 && str_ends(r->log.v[0], "taints kernel."), "the log is kept");
	lab_result_destroy(r);
}

static void test_ends(void)
{
	static const struct {
		enum lab_guest_end end;
		enum lab_outcome outcome;
		const char *kind, *summary;
	} cases[] = {
		{LAB_END_PANIC, LAB_PANIC, "panic", "kernel panic while loading"},
		{LAB_END_RESET, LAB_GUEST_LOST, "reset",
		 "the guest reset itself while loading"},
		{LAB_END_POWEROFF, LAB_GUEST_LOST, "poweroff",
		 "the guest powered itself off while loading"},
		{LAB_END_TIMEOUT, LAB_TIMEOUT, "timeout", "time ran out while loading"},
		{LAB_END_SILENT, LAB_GUEST_LOST, "silent",
		 "the guest stopped answering while loading"},
		{LAB_END_FLOOD, LAB_GUEST_LOST, "flood",
		 "the guest wrote to its console without end while loading"},
		{LAB_END_QEMU, LAB_HOST_TROUBLE, "qemu", "QEMU died while loading"},
		{LAB_END_CANCELLED, LAB_CANCELLED, "cancelled",
		 "cancelled while loading"},
		{(enum lab_guest_end)99, LAB_HOST_TROUBLE, "qemu",
		 "QEMU died while loading"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct lab_guest_report report = good_report();

		report.end = cases[i].end;
		report.phase = LAB_PHASE_LOAD;
		check(&report, cases[i].outcome, cases[i].kind, cases[i].summary);
	}
}

static void test_load(void)
{
	struct lab_guest_report report = good_report();
	struct lab_result *r;

	report.load_failed = "tiny";
	report.load_errno = ENODEV;
	check(&report, LAB_LOAD_ERROR, "init-failed",
	      "'tiny' was not loaded: its init function returned -19 (ENODEV): No such "
	      "device");
	report.load_errno = 512;
	check(&report, LAB_LOAD_ERROR, "init-failed",
	      "'tiny' was not loaded: its init function returned -512 (ERESTARTSYS): a "
	      "signal interrupted it");
	report = good_report();
	report.load_failed = "tiny";
	report.load_missing = true;
	check(&report, LAB_LOAD_ERROR, "not-live",
	      "the kernel says that 'tiny' is loaded, but no such module is live "
	      "afterwards");
	report = good_report();
	report.load_failed = "tiny";
	report.load_errno = ENOENT;
	log_line(LAB_PHASE_LOAD, "tiny: Unknown symbol no_such (err -2)");
	check(&report, LAB_LOAD_ERROR, "load-error",
	      "'tiny' was not loaded: it needs the symbol 'no_such', which this kernel "
	      "does not "
	      "offer it (ENOENT)");
	report = good_report();
	report.load_failed = "tiny";
	report.load_errno = ENOEXEC;
	log_line(LAB_PHASE_LOAD,
		 "tiny: version magic '5.10.0-46-amd64 SMP mod_unload ' should be "
		 "'6.1.0-56-amd64 SMP preempt mod_unload '");
	r = judge(&report);
	ok(r->hint &&
		   strstr(r->hint, "built for 5.10.0-46-amd64, this is 6.1.0-56-amd64"),
	   "the hint names both kernels");
	lab_result_destroy(r);
	report = good_report();
	report.load_stalled = true;
	report.stall_trace = "[<0>] msleep+0x2b/0x40\n[<0>] start+0x4/0x10 [tiny]\n"
			     "[<0>] do_one_initcall+0x59/0x220\n";
	r = judge(&report);
	is_str(lab_outcome_name(r->outcome), "hung", "a call that does not return hangs");
	ok(str_starts(r->summary,
		      "load call stuck in msleep, called from start (tiny.c:11)"),
	   "and its stack says where");
	lab_result_destroy(r);
	report = good_report();
	report.load_signal = 9;
	check(&report, LAB_OOPS, "oops",
	      "the task was killed by the kernel (SIGKILL) while loading");
}

/* What sysrq-l and the panic of an NMI print: traces without a headline. */
static const char *const cpus[] = {
	"sysrq: Show backtrace of all active CPUs",
	"NMI backtrace for cpu 0",
	"CPU: 0 PID: 95 Comm: agent Tainted: G           OE      6.1.0-56-amd64 #1",
	"Call Trace:",
	" <TASK>",
	" dump_stack_lvl+0x44/0x5c",
	" write_sysrq_trigger+0x28/0x40",
	" </TASK>",
	"Sending NMI from CPU 0 to CPUs 1:",
	"NMI backtrace for cpu 1",
	"CPU: 1 PID: 93 Comm: agent Tainted: G           OE      6.1.0-56-amd64 #1",
	"RIP: 0010:at_init+0x0/0x10 [tiny]",
	"Call Trace:",
	" <TASK>",
	" do_one_initcall+0x59/0x220",
	" </TASK>",
	NULL,
};

static const char *const spinning[] = {
	"NMI backtrace for cpu 1",
	"CPU: 1 PID: 93 Comm: agent Tainted: G           OE      6.1.0-56-amd64 #1",
	"RIP: 0010:native_queued_spin_lock_slowpath+0x24/0x1e0",
	"Call Trace:",
	" <TASK>",
	" _raw_spin_lock+0x1e/0x30",
	" at_init+0x1/0x10 [tiny]",
	" do_one_initcall+0x59/0x220",
	" </TASK>",
	NULL,
};

static const char waits_for_thread[] = "[<0>] kthread_stop+0x59/0x170\n"
				       "[<0>] __do_sys_delete_module+0x1b6/0x330\n";

static const char *const jumped[] = {
	"NMI backtrace for cpu 1",
	"CPU: 1 PID: 93 Comm: agent Tainted: G           OE      6.1.0-56-amd64 #1",
	"RIP: 0010:sched_clock_cpu+0x24/0x1e0", /* in an interrupt on top of it */
	"Call Trace:",
	" <TASK>",
	" _raw_spin_lock+0x1e/0x30",
	" __do_sys_delete_module+0x191/0x300",
	" </TASK>",
	NULL,
};

static void test_stuck(void)
{
	struct lab_guest_report report = good_report();

	log_lines(LAB_PHASE_LOAD, cpus);
	report.load_stalled = true;
	report.stall_trace = "";
	check(&report, LAB_HUNG, "stalled-call",
	      "load call stuck in at_init (tiny.c:11) while loading");
	report = good_report();
	log_lines(LAB_PHASE_LOAD, spinning);
	report.load_stalled = true;
	report.stall_trace = "";
	check(&report, LAB_HUNG, "stalled-call",
	      "deadlock: a CPU waits for a spinlock that is not released, in "
	      "_raw_spin_lock, called from at_init (tiny.c:11) while loading");
	report = good_report();
	report.unload_stalled = true;
	report.stall_trace = (char *)waits_for_thread;
	check(&report, LAB_HUNG, "stalled-call",
	      "unload call stuck in kthread_stop, called from cleanup_module (tiny.c:16) "
	      "while unloading");
	check_hint(&report, "kthread_stop waits until the thread's function returns: ");
	report = good_report();
	log_lines(LAB_PHASE_UNLOAD, jumped);
	report.unload_stalled = true;
	report.stall_trace = "";
	check(&report, LAB_HUNG, "stalled-call",
	      "deadlock: a CPU waits for a spinlock that is not released, in "
	      "_raw_spin_lock, called from cleanup_module (tiny.c:15) while unloading");
	report = good_report();
	report.end = LAB_END_SILENT;
	report.phase = LAB_PHASE_LOAD;
	log_line(LAB_PHASE_LOAD, "Kernel panic - not syncing: NMI: Not continuing");
	log_lines(LAB_PHASE_LOAD, cpus + 10);
	check(&report, LAB_GUEST_LOST, "silent",
	      "the guest stopped answering, stuck in at_init (tiny.c:11), while loading");
	report = good_report();
	log_lines(LAB_PHASE_LOAD, cpus);
	check(&report, LAB_PASS, "", "loaded, unloaded, nothing left");
}

static void log_soft_lockup(void)
{
	log_line(LAB_PHASE_LOAD, "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! "
				 "[init:86]");
}

/* A machine that stood still is no fault of the module, unless that is known otherwise.
 */
static void test_stopped(void)
{
	struct lab_guest_report report = good_report();

	log_soft_lockup();
	report.stopped_ms = 20000;
	check(&report, LAB_HOST_TROUBLE, "stopped",
	      "this machine stood still for 20 s while the guest ran, which the guest "
	      "took for a hang; run it again");
	report = good_report();
	log_lines(LAB_PHASE_LOAD, cpus);
	report.stopped_ms = 20000;
	report.load_stalled = true;
	check(&report, LAB_HUNG, "stalled-call",
	      "load call stuck in at_init (tiny.c:11) while loading");
	report = good_report();
	report.stopped_ms = 3000;
	report.command_ran = true;
	report.command_status = 1;
	check(&report, LAB_HOST_TROUBLE, "stopped",
	      "this machine stood still for 3 s while the guest ran, which a test may "
	      "have noticed; run it again");
	report = good_report();
	log_soft_lockup();
	report.usable_ms = 6000;
	report.starved_ms = 24000;
	check(&report, LAB_HOST_TROUBLE, "starved",
	      "this machine let the guest run for 6 of 30 s only, which the guest took "
	      "for a hang; run it again when it is less busy");
	report = good_report();
	log_soft_lockup();
	report.usable_ms = 24000;
	report.starved_ms = 10000;
	check(&report, LAB_HUNG, "soft-lockup",
	      "soft lockup: CPU not given up for many seconds while loading");
	report = good_report();
	report.stopped_ms = 60000;
	check(&report, LAB_PASS, "", "loaded, unloaded, nothing left");
}

static void test_unload(void)
{
	struct lab_guest_report report = good_report();

	report.unload_failed = "tiny";
	report.unload_errno = EAGAIN;
	report.unload_refcount = 2;
	report.unload_holders = "other";
	check(&report, LAB_LEAK, "reference",
	      "'tiny' could not be unloaded: still in use, 2 references, held by other");
	report = good_report();
	report.unload_failed = "tiny";
	report.unload_errno = EBUSY;
	check(&report, LAB_UNLOAD_ERROR, "unload-error",
	      "'tiny' could not be unloaded: the module cannot be unloaded: it has no "
	      "exit "
	      "function, or it is not fully loaded (EBUSY)");
}

static void test_command(void)
{
	struct lab_guest_report report = good_report();
	struct ktap_test *tests = xcalloc(2, sizeof(*tests));
	struct lab_result *r;

	report.command_ran = true;
	report.command_status = 3;
	check(&report, LAB_TEST_FAILED, "command-failed",
	      "the command ended with status 3");
	report.command_status = 128 + 11;
	check(&report, LAB_TEST_FAILED, "command-killed",
	      "the command was killed by SIGSEGV");
	check_hint(&report, "the program crashed: ");
	report.command_status = 128 + 15;
	check(&report, LAB_TEST_FAILED, "command-killed",
	      "the command was ended by SIGTERM");
	check_hint(&report, "a 'timeout' in the command gave up waiting: ");
	report.command_status = 124;
	check_hint(&report, "a 'timeout' in the command gave up waiting: ");
	report.command_status = 128 + 9;
	check_hint(&report, "somebody sent it SIGKILL, it did not crash: ");
	report.command_killed = true;
	check(&report, LAB_TIMEOUT, "timeout",
	      "the command did not end in time and was killed");
	report = good_report();
	report.command_errno = ENOENT;
	check(&report, LAB_TEST_FAILED, "command-not-run",
	      "the command 'prog' could not be run: No such file or directory");
	report = good_report();
	report.command_ran = true;
	tests[0] = (struct ktap_test){xstrdup("open"), NULL, KTAP_PASS};
	tests[1] = (struct ktap_test){xstrdup("read"), xstrdup("got 3"), KTAP_FAIL};
	r = judge_ktap(&report, tests, 2);
	is_str(r->summary, "1 of 2 tests failed: read", "failed tests are named");
	lab_result_destroy(r);
}

/* What the host saw, beside what the agent said. */
/* Nothing was tested: no failure, and no pass. */
static void test_skipped(void)
{
	struct lab_guest_report report = good_report();
	_cleanup_free_ char *text = NULL;
	struct lab_result *r;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	report.command_ran = true;
	skipped = "no device";
	check(&report, LAB_SKIPPED, "skipped", "skipped: no device");
	r = judge(&report);
	lab_result_print_ktap(f, &r, 1);
	lab_result_print_junit(f, &r, 1);
	fclose(f);
	ok(strstr(text, "ok 1 tiny on debian/6.1 # SKIP no device\n"), "KTAP says so");
	ok(strstr(text, "failures=\"0\" errors=\"0\" skipped=\"1\"") &&
		   strstr(text, "<skipped message=\"skipped: no device\"/>"),
	   "and JUnit");
	lab_result_destroy(r);
	report.command_status = 1;
	check(&report, LAB_TEST_FAILED, "command-failed",
	      "the command ended with status 1");
	skipped = NULL;
}

static void test_witness(void)
{
	struct lab_guest_report report = good_report();

	report.witness = LAB_WITNESS_READ;
	check(&report, LAB_PASS, "", "loaded, unloaded, nothing left");
	report.held = (char *)"tiny";
	check(&report, LAB_LEAK, "module",
	      "'tiny' is still in the kernel's list of modules, half loaded or half "
	      "unloaded");
	report.held_live = true;
	check(&report, LAB_GUEST_LOST, "impostor",
	      "the guest says that 'tiny' is unloaded, but in its memory the module is "
	      "still there");
	report.unload_failed = (char *)"tiny";
	report.unload_errno = EAGAIN;
	check(&report, LAB_LEAK, "reference",
	      "'tiny' could not be unloaded: still in use");
	report = good_report();
	report.witness = LAB_WITNESS_DAMAGED;
	check(&report, LAB_GUEST_LOST, "damaged-list",
	      "the kernel's list of modules is damaged: what the guest reports cannot be "
	      "checked");
	report = good_report();
	report.end = LAB_END_IMPOSTOR;
	report.phase = LAB_PHASE_TEST;
	check(&report, LAB_GUEST_LOST, "impostor",
	      "something in the guest spoke in the agent's place during the test");
	report = good_report();
	report.copy_failed = (char *)"the guest has no '/x'";
	check(&report, LAB_TEST_FAILED, "copy-failed", "the guest has no '/x'");
}

static const char *const oops[] = {
	"BUG: kernel NULL pointer dereference, address: 0000000000000000",
	"#PF: supervisor write access in kernel mode",
	"Oops: 0002 [#1] PREEMPT SMP NOPTI",
	"CPU: 0 PID: 93 Comm: insmod Tainted: G           OE      6.1.0-56-amd64 #1",
	"RIP: 0010:at_inner+0x0/0x10 [tiny]",
	"Call Trace:",
	" <TASK>",
	" do_one_initcall+0x59/0x220",
	" </TASK>",
	"Modules linked in: tiny(OE+)",
	"---[ end trace 0000000000000000 ]---",
	NULL,
};

static void test_source_lines(void)
{
	struct lab_guest_report report = good_report();
	struct lab_result *r;
	const struct lab_event *e;

	log_lines(LAB_PHASE_LOAD, oops);
	r = judge(&report);
	is_str(r->summary, "NULL pointer dereference in inner (tiny.c:5) while loading",
	       "a place in an inlined function");
	e = &r->events[0];
	ok(e->n_frames == 3, "the inlined function is a frame of its own");
	is_int(e->frames[1].line, 8, "its caller stands at the line of the call");
	ok(e->frames[0].file && e->frames[0].file[0] == '/', "files are absolute");
	lab_result_destroy(r);
}

static void check_address(struct symbolizer *s, unsigned long long address, bool exact,
			  const char *function, int line)
{
	struct lab_event e = {0};
	struct lab_frame raw = {.offset = address, .exact = exact};

	lab_event_add_frame(&e, &raw);
	symbolizer_event(s, &e);
	is_str(e.frames[0].function, function, "an address has its function");
	is_int(e.frames[0].line, line, "and its line");
	lab_event_deinit(&e);
}

/* The last call of exit is a jump: the trace goes from the kernel to the kernel. */
static void test_jumps(void)
{
	static const char *const stopped[] = {
		"BUG: kernel NULL pointer dereference, address: 0000000000000028",
		"RIP: 0010:kthread_stop+0x1c/0x160",
		"Call Trace:",
		" ? printk+0x58/0x6f",
		" __do_sys_delete_module+0x191/0x300",
		" do_syscall_64+0x30/0x80",
		"Modules linked in: tiny(OE-) virtio_blk",
		"---[ end trace 0000000000000000 ]---",
		NULL,
	};
	static const char *const loader[] = {
		"BUG: kernel NULL pointer dereference, address: 0000000000000028",
		"RIP: 0010:free_module+0x1c/0x160",
		"Call Trace:",
		" __do_sys_delete_module+0x191/0x300",
		"Modules linked in: tiny(OE-) virtio_blk",
		"---[ end trace 0000000000000000 ]---",
		NULL,
	};
	static const char *const other[] = {
		"BUG: kernel NULL pointer dereference, address: 0000000000000028",
		"RIP: 0010:kfree+0x1c/0x160",
		"Call Trace:",
		" __do_sys_delete_module+0x191/0x300",
		"Modules linked in: tiny(OE-) virtio_blk",
		"---[ end trace 0000000000000000 ]---",
		NULL,
	};
	struct lab_guest_report report = good_report();

	log_lines(LAB_PHASE_UNLOAD, stopped);
	check(&report, LAB_OOPS, "null-dereference",
	      "NULL pointer dereference in kthread_stop, called from cleanup_module "
	      "(tiny.c:16) while unloading");
	report = good_report();
	log_lines(LAB_PHASE_UNLOAD, other);
	check(&report, LAB_OOPS, "null-dereference",
	      "NULL pointer dereference in kfree, called from cleanup_module "
	      "(tiny.c:15) while unloading");
	report = good_report();
	log_lines(LAB_PHASE_UNLOAD, loader);
	check(&report, LAB_OOPS, "null-dereference",
	      "NULL pointer dereference in free_module while unloading");
}

static void test_sections(void)
{
	struct symbolizer *s = symbolizer_create();

	symbolizer_add(s, "tiny", tiny);
	symbolizer_add(s, "gone", "/nonexistent.ko");
	symbolizer_sections(s, sections, sizeof(sections) / sizeof(*sections));
	check_address(s, 0xffffffffc0200000ULL, true, "start", 11);  /* .init.text */
	check_address(s, 0xffffffffc0200001ULL, false, "start", 11); /* behind a call */
	check_address(s, 0xffffffffc0100800ULL, true, "rare", 13);   /* a cold part */
	check_address(s, 0xffffffffc0100900ULL, true, "cleanup_module", 15);
	check_address(s, 0xffffffffc0100900ULL, false, NULL, 0); /* no call came before */
	check_address(s, 0xffffffffc0300000ULL, true, NULL, 0);	 /* nobody's */
	ok(!symbolizer_owner(s, 0xffffffffc0200000ULL + 0x10000, NULL),
	   "sections have an end");
	ok(symbolizer_has(s, "tiny", "cleanup_module"), "an exit function is found");
	ok(!symbolizer_has(s, "tiny", "init_module"), "and none is found missing");
	ok(symbolizer_has(s, "gone", "cleanup_module"),
	   "what cannot be read is not accused");
	symbolizer_destroy(s);
}

static void test_after_unload(void)
{
	static const char *const code[] = {
		"BUG: unable to handle page fault for address: ffffffffc0100000",
		"#PF: supervisor instruction fetch in kernel mode",
		"#PF: error_code(0x0010) - not-present page",
		"Oops: 0010 [#1] PREEMPT SMP NOPTI",
		"RIP: 0010:0xffffffffc0100000",
		"Code: Unable to access opcode bytes at 0xffffffffc00fffd6.",
		"Call Trace:",
		" <IRQ>",
		" call_timer_fn+0x27/0x130",
		" </IRQ>",
		"Modules linked in: [last unloaded: tiny(OE)]",
		"---[ end trace 0000000000000000 ]---",
		NULL,
	};
	static const char *const init[] = {
		"BUG: unable to handle page fault for address: ffffffffc0200000",
		"#PF: supervisor instruction fetch in kernel mode",
		"Oops: 0010 [#1] PREEMPT SMP NOPTI",
		"RIP: 0010:0xffffffffc0200000",
		"Call Trace:",
		" vfs_read+0x9f/0x2a0",
		"Modules linked in: tiny(OE)",
		"---[ end trace 0000000000000000 ]---",
		NULL,
	};
	struct lab_guest_report report = good_report();

	log_lines(LAB_PHASE_LEAK, code);
	check(&report, LAB_OOPS, "use-after-unload",
	      "code of the unloaded module was run in outer (tiny.c:7) after unloading");
	report = good_report();
	log_lines(LAB_PHASE_TEST, init);
	check(&report, LAB_OOPS, "use-after-init",
	      "init code or data was used after it was freed in start (tiny.c:11) during "
	      "the test");
	report = good_report();
	log_line(LAB_PHASE_LEAK, "BUG: unable to handle page fault for address: "
				 "ffffffffc0700000");
	log_line(LAB_PHASE_LEAK, "Modules linked in: virtio_blk [last unloaded: tiny]");
	check(&report, LAB_OOPS, "use-after-unload",
	      "data of the unloaded module was used after unloading");
	lines[1].text =
		(char *)"Modules linked in: virtio_blk [last unloaded: tiny_two(OE)]";
	check(&report, LAB_OOPS, "page-fault",
	      "access to an invalid address after unloading");
}

static void test_worst(void)
{
	struct lab_guest_report report = good_report();
	struct lab_result *r;

	log_line(LAB_PHASE_LOAD, "tiny: PASS, ok 1, everything is fine, status 0");
	log_lines(LAB_PHASE_LOAD, oops);
	report.command_ran = true;
	report.command_status = 1;
	report.end = LAB_END_RESET;
	report.phase = LAB_PHASE_UNLOAD;
	r = judge(&report);
	is_str(lab_outcome_name(r->outcome), "guest-lost",
	       "the worst event is the outcome");
	is_int(r->n_events, 3, "the others are kept");
	ok(strstr(r->summary,
		  "the guest reset itself while unloading; before that: NULL pointer"),
	   "a lost guest is told with what came before");
	lab_result_destroy(r);
	report = good_report();
	log_line(LAB_PHASE_LOAD, "INFO: task init:86 blocked for more than 10 seconds.");
	log_lines(LAB_PHASE_LOAD, cpus);
	report.load_stalled = true;
	check(&report, LAB_HUNG, "hung-task",
	      "load call stuck in at_init (tiny.c:11) while loading");
	report = good_report();
	report.taint = 1 << 7;
	check(&report, LAB_OOPS, "oops",
	      "the kernel is tainted by an oops (D) whose text is lost");
	report.taint = 1 << 9 | 1 << 12;
	check(&report, LAB_WARNING, "warning",
	      "the kernel is tainted by a warning (W) whose text is lost");
	report.taint = 1 << 5;
	check(&report, LAB_SANITIZER, "bad-page",
	      "the kernel is tainted by damaged memory (B) whose text is lost");
	report.taint = 1 << 14;
	check(&report, LAB_HUNG, "soft-lockup",
	      "the kernel is tainted by a soft lockup (L) whose text is lost");
	report = good_report();
	report.taint = 1 << 9 | 1 << 5;
	log_line(LAB_PHASE_TEST, "BUG: scheduling while atomic: cat/86/0x00000002");
	log_line(LAB_PHASE_TEST, "Call Trace:");
	check(&report, LAB_ATOMIC_SLEEP, "scheduling-while-atomic",
	      "scheduling while atomic during the test");
	report = good_report();
	report.log_lost = 4848;
	report.lost_phase = LAB_PHASE_TEST;
	check(&report, LAB_WARNING, "log-lost",
	      "4848 records of the kernel's log were overwritten before they could be "
	      "read: a warning may be among them");
}

static void test_console(void)
{
	struct lab_guest_report report = good_report();
	struct lab_result *r;

	log_line(LAB_PHASE_LOAD, "tiny: hello");
	report.end = LAB_END_PANIC;
	report.phase = LAB_PHASE_LOAD;
	text_puts(&report.console,
		  "[    1.000000] tiny: hello\r\n"
		  "[    1.500000] Kernel panic - not syncing: over: 4\r\n"
		  "[    1.500001] CPU: 0 PID: 93 Comm: insmod Tainted: G           OE\r\n"
		  "[    1.500002] Call Trace:\r\n[    1.500003]  panic+0x118/0x2ed\r\n"
		  "[    1.500004]  at_init+0x1/0x10 [tiny]\r\n"
		  "[    1.500005] ---[ end Kernel panic - not syncing: over: 4 ]---\r\n");
	r = judge(&report);
	is_str(lab_outcome_name(r->outcome), "panic", "a panic is read from the console");
	ok(str_starts(r->summary, "kernel panic \"over: 4\" in start (tiny.c:11)") ||
		   str_starts(r->summary,
			      "kernel panic \"over: 4\" in at_init (tiny.c:11)"),
	   "with its place");
	is_int(r->n_events, 1, "once");
	is_int(r->console.n, 7, "and the console is kept");
	lab_result_destroy(r);
	text_deinit(&report.console);
}

static void test_leaks(void)
{
	struct lab_leftover left[] = {
		{"memory", "64 bytes", 0x10, 0xffffffffc0100001ULL, 64, NULL},
		{"proc", "/proc/tiny", 0, 0xffffffffc0200001ULL, 0, NULL},
		{"memory", "64 bytes", 0x20, 0xffffffffc0100001ULL, 64, NULL},
		{"memory", "8 bytes", 0x30, 0, 8, NULL},
		{"timer", "pending", 0x40, 0xffffffffc0100800ULL, 0, NULL},
		{"module", "/sys/module/tiny", 0, 0, 0, NULL},
	};
	struct lab_guest_report report = good_report();
	struct lab_result *r;

	report.leftovers = left;
	report.n_leftovers = 6;
	r = judge(&report);
	is_int(r->n_events, 5, "memory is summed up by place");
	is_str(r->events[0].title,
	       "2 allocations (128 bytes) never freed, allocated in outer (tiny.c:7)",
	       "with the place");
	ok(str_starts(r->events[1].title,
		      "proc entry '/proc/tiny' left behind, made in start"),
	   "names one by one");
	is_str(r->events[2].title, "1 allocation (8 bytes) never freed",
	       "an unknown place");
	is_str(r->events[3].title,
	       "timer 'pending' left behind, it runs rare (tiny.c:13)",
	       "a timer by its function");
	is_str(lab_outcome_name(r->outcome), "leak", "a leak");
	is_str(lab_phase_name(r->phase), "leak", "in the leak phase");
	lab_result_destroy(r);
}

/* Judges the first @n of them: events, and the title of the first. */
static void check_pointers(struct lab_leftover *left, size_t n, size_t events,
			   const char *title, const char *name)
{
	struct lab_guest_report report = good_report();
	struct lab_result *r;

	report.leftovers = left;
	report.n_leftovers = n;
	r = judge(&report);
	if (is_int(r->n_events, events, name) && events)
		is_str(r->events[0].title, title, name);
	lab_result_destroy(r);
}

static void test_pointers(void)
{
	static const char known[] =
		"'die_chain' still points to rare (tiny.c:13) of tiny, which is unloaded";
	static const char leak[] =
		"1 allocation (64 bytes) never freed, allocated in outer (tiny.c:7)";
	static const char unknown[] =
		"'die_chain' still points into tiny, which is unloaded";
	struct lab_leftover left[] = {
		{"pointer", "tiny die_chain", 0x10, 0xffffffffc0100800ULL, 0, NULL},
		{"pointer", "tiny an object of the cache a-b", 0x20,
		 0xffffffffc0100800ULL, 0, NULL},
		{"pointer", "tiny die_chain", 0x30, 0xffffffffc0900000ULL, 0, NULL},
		{"memory", "64 bytes", 0x40, 0xffffffffc0100001ULL, 64, NULL},
		{"timer", "pending", 0x50, 0xffffffffc0100800ULL, 0, NULL},
	};
	struct lab_leftover elsewhere[] = {
		{"pointer", "tiny die_chain", 0x10, 0xffffffffc0900000ULL, 0, NULL},
		{"proc", "/proc/tiny", 0, 0, 0, NULL},
	};
	struct lab_leftover odd[] = {
		{"pointer", "other die_chain", 0x10, 0xffffffffc0100800ULL, 0, NULL},
		{"pointer", "tiny", 0x10, 0xffffffffc0100800ULL, 0, NULL},
		{"pointer", "", 0x10, 0xffffffffc0100800ULL, 0, NULL},
	};

	check_pointers(left, 1, 1, known, "a pointer, with what it leads to");
	check_pointers(left, 3, 1, known, "one thing is told once");
	check_pointers(left + 2, 2, 2, leak, "memory explains no pointer");
	check_pointers(left, 5, 2, leak, "a timer does that runs the same function");
	check_pointers(elsewhere, 1, 1, unknown, "a pointer to an unknown place");
	check_pointers(elsewhere, 2, 1, "proc entry '/proc/tiny' left behind",
		       "a name that is left explains it");
	check_pointers(odd, 3, 0, NULL, "nothing of others, and nothing odd");
}

static struct lab_result *hostile_result(void)
{
	struct lab_guest_report report = good_report();
	struct ktap_test *tests = xcalloc(1, sizeof(*tests));

	log_line(LAB_PHASE_LOAD,
		 "tiny: \x1b[2J\x1b]0;owned\x07 \xff\xfe \xc0\xaf \xe2\x80\xae"
		 "]]><&\"'");
	log_line(LAB_PHASE_LOAD,
		 "sysfs: cannot create duplicate filename '/\x1b[31m<a>\xff'");
	tests[0] = (struct ktap_test){xstrdup("a # SKIP <b> \x9b"),
				      xstrdup("]]>\x01\n\xf0\x9f"), KTAP_FAIL};
	report.end = LAB_END_RESET;
	text_puts(&report.console, "raw \x1b"
				   "c\x85 <x>\n");
	struct lab_result *r = judge_ktap(&report, tests, 1);

	text_deinit(&report.console);
	return r;
}

static bool is_clean(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x7f || ((unsigned char)*s < 0x20 && *s != '\n'))
			return false;
	return true;
}

typedef void (*view_fn)(FILE *out, struct lab_result *const *r, size_t n);

static char *view(view_fn fn, struct lab_result *r)
{
	char *s = NULL;
	size_t size;
	FILE *f = open_memstream(&s, &size);

	if (fn)
		fn(f, &r, 1);
	else
		lab_result_print_text(f, r, false);
	fclose(f);
	return s;
}

static void plain_table(FILE *out, struct lab_result *const *r, size_t n)
{
	lab_result_print_table(out, r, n, false);
}

static void test_hostile(void)
{
	struct lab_result *r = hostile_result();
	static const view_fn views[] = {NULL, plain_table, lab_result_print_json,
					lab_result_print_ktap, lab_result_print_junit};
	static const char *const names[] = {"text", "table", "json", "ktap", "junit"};

	for (size_t i = 0; i < 5; i++) {
		_cleanup_free_ char *s = view(views[i], r);

		ok(is_clean(s), names[i]);
		if (i == 2) {
			json_t *o = json_loads(s, 0, NULL);

			ok(o, "JSON can be read back");
			json_decref(o);
		}
		if (i == 3)
			ok(strstr(s, "not ok 1 a _ SKIP <b>"), "a name is no directive");
		if (i == 4)
			ok(!strstr(s, "<a>") && !strstr(s, "<x>") && !strstr(s, "]]>"),
			   "markup of the module is text");
	}
	lab_result_destroy(r);
}

static void test_clean(void)
{
	static const char *const pairs[][2] = {
		{"plain", "plain"},
		{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
		{"\x1b[m", "\\x1b[m"},
		{"a\tb", "a b"},
		{"\xff", "\\xff"},
		{"\xc3", "\\xc3"},
		{"\xe2\x80\xae", "\\u{202e}"},
		{"\xc2\x9b", "\\u{9b}"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
		{"a\nb", "a\\x0ab"},
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		_cleanup_free_ char *s = clean(pairs[i][0], CLEAN_LINE);

		is_str(s, pairs[i][1], "cleaned");
	}
}

static void test_text(void)
{
	struct lab_guest_report report = good_report();
	struct lab_result *r;
	_cleanup_free_ char *s = NULL, *good = NULL;

	log_lines(LAB_PHASE_LOAD, oops);
	r = judge(&report);
	s = view(NULL, r);
	ok(str_starts(s, "FAIL tiny on debian/6.1 (6.1.0-56-amd64): NULL pointer "
			 "dereference in inner "
			 "(tiny.c:5) while loading (0.21 s)\n"),
	   "the first line says it all");
	ok(strstr(s, "5 | *p = 1;\n"), "the source line is quoted");
	ok(strstr(s, "  next: "), "and the next step given");
	lab_result_destroy(r);
	report = good_report();
	r = judge(&report);
	good = view(NULL, r);
	is_str(good,
	       "PASS tiny on debian/6.1 (6.1.0-56-amd64): loaded, unloaded, nothing left "
	       "(0.21 s)\n",
	       "a pass is one line");
	lab_result_destroy(r);
}

int main(void)
{
	char template[] = "/tmp/kmlab-verdict-XXXXXX";

	dir = mkdtemp(template);
	if (!ok(dir != NULL, "a place to work"))
		return tap_done();
	tiny = compile_stand_in(dir, "tiny", tiny_source, "-O1", "-g");
	test_outcomes();
	test_pass();
	test_ends();
	test_witness();
	test_load();
	test_stuck();
	test_stopped();
	test_unload();
	test_command();
	test_skipped();
	test_source_lines();
	test_jumps();
	test_sections();
	test_after_unload();
	test_worst();
	test_console();
	test_leaks();
	test_pointers();
	test_clean();
	test_hostile();
	test_text();
	fs_remove_tree(dir);
	free(tiny);
	return tap_done();
}
