// SPDX-License-Identifier: GPL-2.0-only
/* A run with several processes or modules: which of them is named. */
#include <string.h>
#include <sys/stat.h>

#include "tap.h"
#include "verdict/event.h"

static struct lab_guest_module modules[] = {
	{.path = "/nowhere/first.ko", .name = "first", .params = ""},
	{.path = "/nowhere/second.ko", .name = "second", .params = ""},
	{.path = "/nowhere/third.ko", .name = "third", .params = ""},
};

static struct lab_section sections[] = {
	{(char *)"first", (char *)".text", 0xffffffffc0100000ULL},
	{(char *)"second", (char *)".text", 0xffffffffc0200000ULL},
	{(char *)"third", (char *)".text", 0xffffffffc0300000ULL},
};

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

#define LATE "the command did not end in time"

static void test_calls(void)
{
	struct lab_task block = calls("read", "/dev/vda", 512, 512);
	struct lab_task empty = calls("write", "/dev/x", 0, 0);
	struct lab_task few = calls("read", "/dev/x", 8, 8);

	name_one(calls("read", "/dev/x", 8, 8), "endless-read",
		 "read() never returns 0: called 5000 times, each gave 8 bytes ('cat' "
		 "reads '/dev/x')");
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
	name_one(calls("read", "/dev/x", 0, 8), "timeout",
		 LATE ": 'cat' calls read() of '/dev/x' again and again");
	name_one(calls("read", "/tmp/x", 8, 8), "timeout",
		 LATE ": 'cat' calls read() of '/tmp/x' again and again");
	name_one(calls("read", "/dev/zero", 8, 8), "timeout",
		 LATE ": 'cat' calls read() of '/dev/zero' again and again");
	name_one(calls("read", "pipe:[12]", 8, 8), "timeout",
		 LATE ": 'cat' calls read() of 'pipe:[12]' again and again");
	block.mode = S_IFBLK | 0600;
	name_one(block, "timeout",
		 LATE ": 'cat' calls read() of '/dev/vda' again and again");
	empty.asked = 0;
	name_one(empty, "timeout",
		 LATE ": 'cat' calls write() of '/dev/x' again and again");
	few.seen = 3;
	name_one(few, "timeout", LATE ": 'cat' calls read() of '/dev/x' again and again");
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

int main(void)
{
	test_calls();
	test_others();
	test_choice();
	return tap_done();
}
