// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the command does when its time is over, task by task. Those that sleep are only
 * looked at; of those that run, the system calls are counted for a moment. /proc is read
 * only where it does not wait for the task itself.
 */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "calls.h"
#include "kmsg.h"
#include "loop.h"
#include "port.h"
#include "small.h"
#include "steps.h"

#define MAX_TASKS 64

/* Two looks so far apart tell a task that sleeps from one that is waked again and again.
 */
#define LOOK_MS 20

/* Calls are counted for so long at most. Where there are some, but few, the task may have
 * to wait for a CPU, and gets more time. */
#define COUNT_MS      300
#define COUNT_MORE_MS 1000
#define ROUND_MS      20

#define CPUS_MS 2000

struct task {
	pid_t pid, tid, parent;
	char name[32], state;
	unsigned long switches;
	bool moves; /* it is not asleep all the time */
	const struct calls_task *calls;
};

static struct task tasks[MAX_TASKS];
static unsigned int n_tasks;

static int read_of(const struct task *t, const char *name, char *buf, size_t size)
{
	char path[80];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", (int)t->pid, (int)t->tid,
		 name);
	return read_text(path, buf, size);
}

/* "key:	12" in one of /proc's files, or 0. */
static unsigned long long number_in(const char *text, const char *key)
{
	const char *s = strstr(text, key);

	return s ? strtoull(s + strlen(key), NULL, 10) : 0;
}

/* How often it was given a CPU. */
static unsigned long switches(const struct task *t)
{
	char text[4096];

	if (read_of(t, "status", text, sizeof(text)) <= 0)
		return 0;
	return number_in(text, "\nvoluntary_ctxt_switches:") +
	       number_in(text, "\nnonvoluntary_ctxt_switches:");
}

/* False: none of the command's, or one that has ended. */
static bool read_stat(struct task *t)
{
	enum { PF_KTHREAD = 0x200000 }; /* include/linux/sched.h */
	char text[512], *name, *end;
	unsigned int flags;
	int parent;

	if (read_of(t, "stat", text, sizeof(text)) <= 0)
		return false;
	name = strchr(text, '(');
	end = strrchr(text, ')');
	if (!name || !end ||
	    sscanf(end + 1, " %c %d %*d %*d %*d %*d %u", &t->state, &parent, &flags) != 3)
		return false;
	*end = '\0';
	t->parent = parent;
	snprintf(t->name, sizeof(t->name), "%s", name + 1);
	return !(flags & PF_KTHREAD) && !strchr("ZXx", t->state);
}

static void add_threads(pid_t pid)
{
	_cleanup_dir_ DIR *dir = NULL;
	struct dirent *e;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		struct task *t = &tasks[n_tasks];

		if (!isdigit((unsigned char)e->d_name[0]) || n_tasks == MAX_TASKS)
			continue;
		*t = (struct task){.pid = pid, .tid = atoi(e->d_name)};
		if (read_stat(t)) {
			t->switches = switches(t);
			n_tasks++;
		}
	}
}

/* Processes that we have not begun ourselves are the command and what it began. */
static void list_tasks(void)
{
	_cleanup_dir_ DIR *dir = opendir("/proc");
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (isdigit((unsigned char)e->d_name[0]) && atoi(e->d_name) != 1)
			add_threads(atoi(e->d_name));
}

/* One round of the loop. Returns @spent, and what of the round was time that we had: a
 * round that comes back late was spent by others. */
static uint64_t one_round(struct agent *a, uint64_t spent)
{
	uint64_t begun = now_ms(), took;

	loop_poll(a, ROUND_MS);
	took = now_ms() - begun;
	return spent + (took < ROUND_MS ? took : ROUND_MS);
}

static void count_calls(struct agent *a)
{
	uint64_t spent = 0;

	while (!calls_enough() && spent < (calls_begun() ? COUNT_MORE_MS : COUNT_MS))
		spent = one_round(a, spent);
}

static void watch_those_that_move(struct agent *a)
{
	loop_rest(a, LOOK_MS);
	for (unsigned int i = 0; i < n_tasks; i++) {
		struct task *t = &tasks[i];

		if (!read_stat(t))
			continue;
		t->moves = t->state == 'R' || switches(t) != t->switches;
		if (t->moves)
			t->calls = calls_watch(t->tid);
	}
	count_calls(a);
}

/* ---- the report ---- */

static void name_file(const struct task *t, long fd, struct proto_task *ret, char *file,
		      size_t size)
{
	struct stat st;
	char path[64];
	ssize_t len;

	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/fd/%ld", (int)t->pid, fd);
	len = readlink(path, file, size - 1);
	file[len > 0 ? len : 0] = '\0';
	/* Only there is it sure that no module is asked. */
	if (!strncmp(file, "/dev/", 5) && !stat(path, &st))
		ret->mode = st.st_mode;
}

/* Of all read calls, or write calls, that the task ever made. */
static void count_all(const struct task *t, struct proto_task *ret)
{
	char text[512];

	if (read_of(t, "io", text, sizeof(text)) <= 0)
		return;
	ret->reads = number_in(text, "syscr: ");
	ret->writes = number_in(text, "syscw: ");
}

/* One that runs has a stack to read only while another task has its CPU; else it shows in
 * the CPUs' traces. One that sleeps is awake now and then, for that moment without one.
 */
static void read_stack(struct agent *a, const struct task *t, uint32_t is, char *buf,
		       size_t size)
{
	int tries = is == PROTO_TASK_WAITS || is == PROTO_TASK_IN_KERNEL ? 5 : 0;

	for (buf[0] = '\0'; tries && !buf[0]; tries--) {
		if (read_of(t, "stack", buf, size) <= 0)
			buf[0] = '\0';
		if (tries > 1 && !buf[0])
			one_round(a, 0);
	}
}

static void send_task(struct agent *a, const struct task *t, struct proto_task *fixed,
		      const char *call, long fd)
{
	char rest[4096], file[512] = "", stack[2560];
	int n;

	fixed->pid = t->pid;
	fixed->tid = t->tid;
	fixed->parent = t->parent;
	fixed->state = (uint32_t)t->state;
	name_file(t, fd, fixed, file, sizeof(file));
	count_all(t, fixed);
	read_stack(a, t, fixed->is, stack, sizeof(stack));
	n = snprintf(rest, sizeof(rest), "%s%c%s%c%s%c%s", t->name, 0, call, 0, file, 0,
		     stack);
	port_send(a, PROTO_TASK, fixed, sizeof(*fixed), rest, (size_t)n + 1);
}

/* "0 0x3 0x7ffc..": the call it is in, or -1. */
static long current_call(const struct task *t, long *fd)
{
	uint64_t args[6] = {0};
	unsigned long long v[6];
	char text[256];
	long number;

	*fd = -1;
	if (read_of(t, "syscall", text, sizeof(text)) <= 0 ||
	    sscanf(text, "%ld %llx %llx %llx %llx %llx %llx", &number, &v[0], &v[1],
		   &v[2], &v[3], &v[4], &v[5]) != 7)
		return -1;
	for (int i = 0; i < 6; i++)
		args[i] = v[i];
	*fd = number < 0 ? -1 : calls_about(number, args);
	return number;
}

static void send_sleeping(struct agent *a, const struct task *t)
{
	struct proto_task fixed = {.is = PROTO_TASK_WAITS};
	long fd, number = current_call(t, &fd);

	send_task(a, t, &fixed, number < 0 ? "" : calls_name(number), fd);
}

static void send_kinds(struct agent *a, const struct task *t)
{
	for (unsigned int i = 0; i < t->calls->n_kinds; i++) {
		const struct calls_kind *k = &t->calls->kinds[i];
		struct proto_task fixed = {
			.is = PROTO_TASK_CALLS,
			.seen = k->seen,
			.least = k->least,
			.most = k->most,
			.asked = k->asked,
		};

		send_task(a, t, &fixed, calls_name(k->number), k->fd);
	}
}

static void send_moving(struct agent *a, const struct task *t)
{
	const struct calls_task *c = t->calls;
	struct proto_task fixed = {.is = PROTO_TASK_COMPUTES};

	if (!c->stopped)
		fixed.is = PROTO_TASK_IN_KERNEL;
	else if (c->inside)
		fixed.is = PROTO_TASK_WAITS;
	if (c->n_kinds)
		send_kinds(a, t);
	else
		send_task(a, t, &fixed, c->inside ? calls_name(c->now.number) : "",
			  c->inside ? c->now.fd : -1);
}

/* Not by loop_wait_child(): the child that the loop remembers is the command. */
static void wait_for_log(struct agent *a, pid_t pid)
{
	uint64_t spent = 0;

	while (pid > 0 && kill(pid, 0) == 0 && spent < CPUS_MS)
		spent = one_round(a, spent);
	kmsg_drain(a);
}

/* What runs has no stack to read, but the CPUs can be asked. */
static void ask_cpus(struct agent *a)
{
	for (unsigned int i = 0; i < n_tasks; i++) {
		if (!tasks[i].calls || tasks[i].calls->stopped)
			continue;
		wait_for_log(a, stall_ask("l"));
		return;
	}
}

void hang_report(struct agent *a)
{
	n_tasks = 0;
	list_tasks();
	watch_those_that_move(a);
	ask_cpus(a);
	for (unsigned int i = 0; i < n_tasks; i++) {
		if (tasks[i].calls)
			send_moving(a, &tasks[i]);
		else if (!tasks[i].moves)
			send_sleeping(a, &tasks[i]);
	}
}
