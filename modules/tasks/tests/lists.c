// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: who is in /proc/tasks, and what it says of them. Tasks of every state are
 * made for it; the judge is /proc itself, task by task.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>

#include "tasks.h"

static pid_t begin(void (*fn)(int), int arg)
{
	pid_t pid = fork();

	if (!pid) {
		fn(arg);
		_exit(0);
	}
	return pid;
}

static int *spinning; /* how many are on their CPU, shared */

static void spin_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	__atomic_add_fetch(spinning, 1, __ATOMIC_SEQ_CST);
	for (;;)
		;
}

static void sleep_for_ever(int unused)
{
	(void)unused;
	for (;;)
		pause();
}

static void leave(int unused)
{
	(void)unused;
}

/* @state: as wanted, 0 for absent. */
static void check(const char *path, pid_t pid, char state, const char *name)
{
	const struct line *l;
	struct lines lines;
	int times;

	lines_read(path, &lines);
	l = lines_find(&lines, pid, &times);
	ktap_why(
		"got state %c, %d lines; who is in the list for long is met exactly once",
		l ? l->state : '-', times);
	ktap_ok(lines.good && (state ? times == 1 && l->state == state && l->tgid == pid
				     : !times),
		"%s", name);
	free(lines.line);
}

static void states(void)
{
	pid_t spinner[2], sleeper = begin(sleep_for_ever, 0);
	pid_t stopped = begin(sleep_for_ever, 0), zombie = begin(leave, 0);
	struct lines lines;
	bool right = true;
	int times;

	spinning = shared_memory(sizeof(*spinning));
	for (int cpu = 0; cpu < 2; cpu++)
		spinner[cpu] = begin(spin_on, cpu);
	kill(stopped, SIGSTOP);
	state_becomes(sleeper, 'S');
	state_becomes(stopped, 'T');
	state_becomes(zombie, 'Z');
	while (__atomic_load_n(spinning, __ATOMIC_SEQ_CST) < 2)
		pause_ms(1);
	check(RUNNING, getpid(), 'R', "the reader itself runs");
	check(RUNNING, spinner[0], 'R', "so does who never sleeps");
	check(RUNNING, spinner[1], 'R', "on the other CPU too");
	lines_read(RUNNING, &lines);
	for (int cpu = 0; cpu < 2; cpu++) {
		const struct line *l = lines_find(&lines, spinner[cpu], &times);

		right &= l && l->cpu == (unsigned int)cpu;
	}
	for (size_t i = 0; i < lines.n; i++)
		right &= lines.line[i].state == 'R';
	free(lines.line);
	ktap_ok(right, "each with its CPU, and nobody is there who does not run");
	check(RUNNING, sleeper, 0, "who sleeps is not among those that run");
	check(RUNNING, stopped, 0, "nor is who was stopped");
	check(RUNNING, zombie, 0, "nor is a zombie");
	check(ALL, sleeper, 'S', "all: who sleeps");
	check(ALL, stopped, 'T', "all: who was stopped");
	check(ALL, zombie, 'Z', "all: a zombie");
	for (int cpu = 0; cpu < 2; cpu++)
		end(spinner[cpu]);
	end(sleeper);
	end(stopped);
	waitpid(zombie, NULL, 0);
	check(ALL, zombie, 0, "a zombie that was collected is gone");
}

/* Calls @fn with each task in /proc. */
static void each_task(void (*fn)(int tgid, int tid, void *), void *data)
{
	DIR *all = opendir("/proc");
	struct dirent *p, *t;

	while (all && (p = readdir(all))) {
		char path[300];
		DIR *threads;

		if (atoi(p->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task", p->d_name);
		threads = opendir(path);
		while (threads && (t = readdir(threads)))
			if (atoi(t->d_name) > 0)
				fn(atoi(p->d_name), atoi(t->d_name), data);
		if (threads)
			closedir(threads);
	}
	if (all)
		closedir(all);
}

struct census {
	struct lines lines;
	int tasks, missing, wrong;
};

static void compare(int tgid, int tid, void *data)
{
	struct census *c = data;
	int times;
	const struct line *l = lines_find(&c->lines, tid, &times);

	c->tasks++;
	c->missing += !l;
	c->wrong += times > 1 || (l && l->tgid != tgid);
}

/* On a quiet machine both have the same tasks; kernel workers may come and go. */
static void same_as_proc(void)
{
	struct census c = {.tasks = 0};

	for (int i = 0; i < 20; i++) {
		c = (struct census){.tasks = 0};
		lines_read(ALL, &c.lines);
		each_task(compare, &c);
		free(c.lines.line);
		if (!c.missing && !c.wrong && (size_t)c.tasks == c.lines.n)
			break;
		pause_ms(20);
	}
	ktap_why("%d tasks in /proc, %zu lines, %d of /proc missing, %d wrong; threads "
		 "are "
		 "tasks too",
		 c.tasks, c.lines.n, c.missing, c.wrong);
	ktap_ok(!c.missing && !c.wrong && (size_t)c.tasks == c.lines.n,
		"all: the tasks of /proc, threads too, each with its process");
}

static void *thread(void *ready)
{
	(void)!write(*(int *)ready, "x", 1);
	for (;;)
		pause();
}

static void threads_too(int unused)
{
	int ends[2];
	pthread_t t[4];
	char c;

	(void)unused;
	if (pipe(ends))
		_exit(1);
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, thread, &ends[1]);
	for (int i = 0; i < 4; i++)
		(void)!read(ends[0], &c, 1);
	pause();
}

static void check_threads(void)
{
	pid_t pid = begin(threads_too, 0);
	struct lines lines;
	int n = 0;

	for (int i = 0; i < 200 && n != 5; i++) {
		n = 0;
		lines_read(ALL, &lines);
		for (size_t j = 0; j < lines.n; j++)
			n += lines.line[j].tgid == pid;
		free(lines.line);
		pause_ms(10);
	}
	ktap_ok(n == 5, "a process of five threads has five lines");
	same_as_proc();
	end(pid);
}

static void odd_name(int unused)
{
	(void)unused;
	prctl(PR_SET_NAME, "a\nb) R 1\\\t");
	pause();
}

static void check_name(void)
{
	pid_t pid = begin(odd_name, 0);
	const struct line *l = NULL;
	struct lines lines;
	int times;

	state_becomes(pid, 'S');
	lines_read(ALL, &lines);
	l = lines_find(&lines, pid, &times);
	ktap_why("a name may have a line break in it, and would then forge lines: '%s'",
		 l ? l->comm : "");
	ktap_ok(lines.good && l && !strcmp(l->comm, "a\\012b) R 1\\134\\011"),
		"a name cannot end its line");
	free(lines.line);
	end(pid);
}

/* The first process of a namespace of its own sees that namespace and no more. */
static void from_within(int fd)
{
	struct lines lines;
	int times, inner;
	char said[2] = "no";

	inner = begin(sleep_for_ever, 0);
	lines_read(ALL, &lines);
	if (lines.good && lines.n == 2 && lines_find(&lines, 1, &times) &&
	    lines_find(&lines, inner, &times))
		memcpy(said, "ok", 2);
	(void)!write(fd, said, 2);
}

static void check_namespace(void)
{
	char said[3] = "";
	int ends[2];
	pid_t pid;

	if (pipe(ends) || unshare(CLONE_NEWPID)) {
		ktap_skip("no namespaces of pids", "a namespace sees its own pids only");
		return;
	}
	pid = begin(from_within, ends[1]);
	(void)!read(ends[0], said, 2);
	waitpid(pid, NULL, 0);
	ktap_why(
		"pids are those of the reader's namespace; whoever has none there is not "
		"to be seen");
	ktap_ok(!strcmp(said, "ok"), "a namespace sees its own pids only");
}

/* A reader of single bytes gets whole lines, and each task once. */
static void check_pieces(void)
{
	static char text[1 << 20];
	int fd = open(ALL, O_RDONLY), me = 0, bad = 0;
	size_t n = 0;
	struct line l;

	while (n < sizeof(text) - 1 && read(fd, text + n, 1) == 1)
		n++;
	close(fd);
	for (char *at = text; *at; at += strcspn(at, "\n") + 1) {
		bad += !parse_line(at, &l);
		me += l.pid == getpid();
	}
	ktap_why("%d lines not understood, the reader is in it %d times", bad, me);
	ktap_ok(!bad && me == 1, "read by single bytes, the lines are whole");
}

static void check_permission(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		(void)!setgid(65534);
		(void)!setuid(65534);
		_exit(open(ALL, O_RDONLY) >= 0 || open(RUNNING, O_RDONLY) >= 0);
	}
	waitpid(pid, &status, 0);
	ktap_ok(!status, "only root may look at everybody's tasks");
}

int main(void)
{
	ktap_plan(17);
	states();
	check_threads();
	check_name();
	check_pieces();
	check_permission();
	check_namespace();
	return ktap_end();
}
