// SPDX-License-Identifier: GPL-2.0-only
/* A run with several processes or modules: which of them is named. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "fs.h"
#include "stand_in.h"
#include "tap.h"
#include "verdict/event.h"

static struct lab_guest_module modules[] = {
	{.name = "first", .params = ""},
	{.name = "second", .params = ""},
	{.name = "third", .params = ""},
};

static struct lab_section sections[] = {
	{(char *)"first", (char *)".text", 0xffffffffc0100000ULL},
	{(char *)"second", (char *)".text", 0xffffffffc0200000ULL},
	{(char *)"third", (char *)".text", 0xffffffffc0300000ULL},
};

static char dir[] = "/tmp/kmlab-hang-XXXXXX";
static char *ko;

/* All three are the same file: what matters is how long its section is. */
static void compile_modules(void)
{
	static const char text[] = "int any[9]; int f(int n) { return any[n] % n; }\n";

	ko = compile_stand_in(dir, "any", text, "-O0", "-g0");
	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		modules[i].path = ko;
}

static struct lab_result *judge(struct lab_guest_report *report, size_t n_modules)
{
	char *argv[] = {(char *)"prog", NULL};
	struct lab_guest_job job = {
		.modules = modules, .n_modules = n_modules, .argv = argv};
	struct lab_result *r = lab_result_create();

	report->end = LAB_END_DONE;
	report->phase = LAB_PHASE_DONE;
	report->sections = sections;
	report->n_sections = sizeof(sections) / sizeof(*sections);
	lab_judge(r, report, &job);
	return r;
}

/* ---- processes ---- */

static struct lab_task task(const char *name, int pid, enum lab_task_is is,
			    const char *call, const char *file)
{
	return (struct lab_task){
		.name = (char *)name,
		.pid = pid,
		.is = is,
		.call = (char *)call,
		.file = (char *)file,
		.stack = (char *)"",
		.state = is == LAB_TASK_WAITS ? 'S' : 'R',
		.seen = 8,
		.asked = 100,
		.reads = 5000,
		.writes = 6000,
	};
}

static struct lab_task calls(const char *call, const char *file, long long least,
			     long long most)
{
	struct lab_task t = task("cat", 80, LAB_TASK_CALLS, call, file);

	t.least = least;
	t.most = most;
	return t;
}

static void names(struct lab_task *tasks, size_t n, const char *kind, const char *title)
{
	struct lab_guest_report report = {.command_ran = true,
					  .command_killed = true,
					  .tasks = tasks,
					  .n_tasks = n};
	struct lab_result *r = judge(&report, 1);

	is_str(lab_outcome_name(r->outcome), "timeout", kind);
	is_str(r->n_events ? r->events[0].kind : "", kind, "its kind");
	is_str(r->summary, title, "its title");
	lab_result_destroy(r);
}

static void name_one(struct lab_task one, const char *kind, const char *title)
{
	names(&one, 1, kind, title);
}

static void lists(struct lab_task one, const char *line)
{
	struct lab_guest_report report = {
		.command_ran = true, .command_killed = true, .tasks = &one, .n_tasks = 1};
	struct lab_result *r = judge(&report, 1);

	is_str(r->n_events && r->events[0].detail.n ? r->events[0].detail.v[0] : "", line,
	       "in the list of processes");
	lab_result_destroy(r);
}

#define LATE "the command did not end in time"

static void test_calls(void)
{
	struct lab_task block = calls("read", "/dev/vda", 512, 512);
	struct lab_task empty = calls("write", "/dev/x", 0, 0);
	struct lab_task few = calls("read", "/dev/x", 8, 8);

	name_one(calls("read", "/dev/x", 8, 8), "endless-read",
		 "read() never returns 0: called 5000 times, each gave 8 bytes ('cat' "
		 "reads '/dev/x')");
	lists(calls("read", "/dev/x", 8, 8), "process 80 'cat' calls read() of '/dev/x' "
					     "again and again: 8 times while it "
					     "was looked at, each returned 8");
	lists(calls("read", "/dev/x", 1, 8), "process 80 'cat' calls read() of '/dev/x' "
					     "again and again: 8 times while it "
					     "was looked at, each returned 1 to 8");
	name_one(calls("read", "/proc/x", 1, 8), "endless-read",
		 "read() never returns 0: called 5000 times, each gave 1 to 8 bytes "
		 "('cat' reads '/proc/x')");
	name_one(
		calls("getdents", "/proc/x", 24, 24), "endless-read",
		"getdents() never returns 0: called at least 8 times, each gave 24 bytes "
		"('cat' reads '/proc/x')");
	name_one(calls("write", "/sys/x", 0, 0), "endless-write",
		 "write() returns 0 for ever: called 6000 times ('cat' writes '/sys/x')");
	name_one(calls("ioctl", "/dev/x", -11, -11), "endless-error",
		 "ioctl() fails for ever with -EAGAIN: called at least 8 times ('cat' "
		 "uses '/dev/x')");
	/* What has an end, or of which nobody said that it has one. */
	name_one(calls("read", "/dev/x", 0, 8), "endless-command",
		 LATE ": 'cat' calls read() of '/dev/x' again and again");
	name_one(calls("read", "/tmp/x", 8, 8), "endless-command",
		 LATE ": 'cat' calls read() of '/tmp/x' again and again");
	name_one(calls("read", "/dev/zero", 8, 8), "endless-command",
		 LATE ": 'cat' calls read() of '/dev/zero' again and again");
	name_one(calls("read", "pipe:[12]", 8, 8), "endless-command",
		 LATE ": 'cat' calls read() of 'pipe:[12]' again and again");
	block.mode = S_IFBLK | 0600;
	name_one(block, "endless-command",
		 LATE ": 'cat' calls read() of '/dev/vda' again and again");
	empty.asked = 0;
	name_one(empty, "endless-command",
		 LATE ": 'cat' calls write() of '/dev/x' again and again");
	few.seen = 3;
	name_one(few, "endless-command",
		 LATE ": 'cat' calls read() of '/dev/x' again and again");
}

static void test_others(void)
{
	name_one(task("sleep", 80, LAB_TASK_WAITS, "sleep", ""), "timeout",
		 LATE ": 'sleep' waits in sleep()");
	name_one(task("cat", 80, LAB_TASK_WAITS, "", ""), "timeout",
		 LATE ": 'cat' waits in the kernel");
	name_one(task("prog", 80, LAB_TASK_COMPUTES, "", ""), "endless-command",
		 LATE ": 'prog' runs without a system call");
	name_one(task("prog", 80, LAB_TASK_IN_KERNEL, "", ""), "timeout",
		 LATE ": 'prog' still ran");
	names(NULL, 0, "timeout", LATE " and was killed");
}

static void test_choice(void)
{
	struct lab_task tasks[] = {
		task("sh", 70, LAB_TASK_WAITS, "wait", ""),
		task("cat", 71, LAB_TASK_WAITS, "read", "/dev/x"),
		task("sleep", 72, LAB_TASK_WAITS, "sleep", ""),
		calls("write", "/dev/x", 0, 0),
		task("wc", 90, LAB_TASK_WAITS, "read", "pipe:[1]"),
	};

	names(tasks, 1, "timeout", LATE ": 'sh' waits in wait()");
	names(tasks, 3, "timeout", LATE ": 'sleep' (process 72) waits in sleep()");
	names(tasks, 5, "endless-write",
	      "write() returns 0 for ever: called 6000 times ('cat' (process 80) writes "
	      "'/dev/x')");
	tasks[1].stack = (char *)"[<0>] wait_here+0x10/0x20 [first]\n"
				 "[<0>] vfs_read+0x9d/0x190\n";
	names(tasks, 3, "timeout",
	      LATE ": 'cat' (process 71) waits in read() of '/dev/x', in wait_here");
}

/* ---- modules ---- */

/* One for each, and one of which nobody knows whose it is. */
static struct lab_leftover left[] = {
	{(char *)"memory", (char *)"1 byte", 0x10, 0xffffffffc0100010ULL, 1, NULL},
	{(char *)"memory", (char *)"2 bytes", 0x20, 0xffffffffc0200010ULL, 2, NULL},
	{(char *)"timer", (char *)"pending", 0x30, 0xffffffffc0300010ULL, 0, NULL},
	{(char *)"proc", (char *)"/proc/any", 0, 0, 0, NULL},
};

static struct lab_guest_report all_left(void)
{
	return (struct lab_guest_report){
		.unload_refcount = -1,
		.leftovers = left,
		.n_leftovers = sizeof(left) / sizeof(*left),
	};
}

static size_t leaks(const struct lab_result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_events; i++)
		n += r->events[i].outcome == LAB_LEAK;
	return n;
}

/* The title of the first leak, or "". */
static const char *leak(const struct lab_result *r)
{
	for (size_t i = 0; i < r->n_events; i++)
		if (r->events[i].outcome == LAB_LEAK)
			return r->events[i].title;
	return "";
}

static void test_names_modules(void)
{
	struct lab_guest_report report = all_left();
	struct lab_result *r = judge(&report, 3);

	is_int((long long)r->n_events, 4, "each leftover is found");
	is_str(r->events[0].title,
	       "first: 1 allocation (1 byte) never freed, allocated in f",
	       "with the module in its title");
	is_str(r->events[1].module, "second", "and by itself");
	ok(str_starts(r->events[2].title, "third: timer 'pending' left behind"),
	   "a timer, too");
	ok(!r->events[3].module, "of a name nobody knows it");
	lab_result_destroy(r);
	r = judge(&report, 1);
	is_str(r->events[0].title, "1 allocation (1 byte) never freed, allocated in f",
	       "of one module alone the title says nothing");
	is_str(r->events[0].module, "first", "but the event does");
	lab_result_destroy(r);
}

/* Unloaded in the order third, second, first. */
static void test_exit_that_did_not_run(void)
{
	struct lab_guest_report report = all_left();
	struct lab_result *r;

	report.unload_failed = (char *)"second";
	report.unload_signal = 9;
	r = judge(&report, 3);
	is_str(lab_outcome_name(r->outcome), "oops", "exit was killed");
	is_str(r->summary,
	       "second: the task was killed by the kernel (SIGKILL) while unloading",
	       "that of the second");
	is_int((long long)leaks(r), 1, "what it and the first one have is no leak");
	ok(str_starts(leak(r), "third: timer"), "what the third one left is");
	is_int((long long)r->notes.n, 1, "and a note says so");
	lab_result_destroy(r);

	report = all_left();
	report.load_failed = (char *)"third";
	report.load_signal = 9;
	r = judge(&report, 3);
	is_int((long long)leaks(r), 2, "init was killed: the others ran their exit");
	ok(str_starts(leak(r), "first: "), "and left something");
	lab_result_destroy(r);

	report.unload_failed = (char *)"second";
	report.unload_errno = EAGAIN;
	report.unload_refcount = 1;
	report.unload_holders = (char *)"third";
	r = judge(&report, 3);
	is_int((long long)leaks(r), 0, "one that the dead one holds is not to blame");
	lab_result_destroy(r);

	report = all_left();
	report.load_failed = (char *)"third";
	report.load_errno = EINVAL;
	r = judge(&report, 3);
	is_int((long long)leaks(r), 4, "an init function that fails has to clean up");
	lab_result_destroy(r);
}

int main(void)
{
	if (!mkdtemp(dir)) {
		printf("Bail out! no scratch directory\n");
		return 1;
	}
	compile_modules();
	test_names_modules();
	test_exit_that_did_not_run();
	test_calls();
	test_others();
	test_choice();
	fs_remove_tree(dir);
	free(ko);
	return tap_done();
}
