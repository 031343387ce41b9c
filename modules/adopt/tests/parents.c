// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: a soldier that was adopted is a child in every respect: /proc says so,
 * wait() collects it and nobody else can, SIGCHLD comes, orphans find their way.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "adopt.h"

static volatile sig_atomic_t signals;
static volatile pid_t sender;

static void count(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	signals++;
	sender = info->si_pid;
}

static void document(void)
{
	struct sigaction action = {.sa_sigaction = count, .sa_flags = SA_SIGINFO};
	pid_t middle, soldier = grandchild(sleep_on, 0, &middle);
	int status = 0;

	sigaction(SIGCHLD, &action, NULL);
	ktap_ok(waitpid(soldier, NULL, WNOHANG) < 0 && errno == ECHILD,
		"before: somebody else's child");
	ktap_ok(!adopt(soldier) && parent_of(soldier) == getpid(),
		"adopted: /proc names the station as the parent");
	ktap_ok(waitpid(soldier, NULL, WNOHANG) == 0, "and it may be waited for");
	signals = 0;
	kill(soldier, SIGTERM);
	while (!signals)
		pause_ms(1);
	ktap_ok(sender == soldier, "SIGCHLD comes from it");
	ktap_ok(waitpid(soldier, &status, 0) == soldier && WIFSIGNALED(status) &&
			WTERMSIG(status) == SIGTERM,
		"and wait() has its status");
	ktap_ok(!parent_of(soldier), "nothing of it is left");
	signal(SIGCHLD, SIG_DFL);
	end(middle);
}

static int *word; /* shared */

/* Waits for its only child, and says how that ended. */
static _Noreturn void waits(int unused)
{
	pid_t pid = fork();
	int err;

	(void)unused;
	if (!pid)
		sleep_on(0);
	word[0] = pid;
	err = waitpid(pid, NULL, 0) < 0 ? errno : 0;
	word[1] = err ? err : -1;
	for (;;)
		pause();
}

static void old_parent(void)
{
	pid_t middle;

	word[0] = word[1] = 0;
	middle = fork();
	if (!middle)
		waits(0);
	while (!word[0])
		pause_ms(1);
	pause_ms(20); /* asleep in waitpid() */
	adopt(word[0]);
	for (int ms = 0; ms < 3000 && !word[1]; ms++)
		pause_ms(1);
	ktap_why("it has no child any more, and would sleep for ever: %d", word[1]);
	ktap_ok(word[1] == ECHILD,
		"the parent that waits for it is told that there is none");
	end(middle);
	ktap_ok(state_becomes(word[0], 'S') && parent_of(word[0]) == getpid(),
		"and may end, without taking it along");
	end(word[0]);
}

static void *nothing(void *unused)
{
	pause();
	return unused;
}

static void with_threads(int unused)
{
	pthread_t t[3];

	(void)unused;
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, nothing, NULL);
	word[0] = 1;
	pause();
}

/* PPid of every thread. */
static bool threads_have(pid_t pid, int parent)
{
	char path[96], text[256];
	int n = 0;

	for (int tid = pid; tid < pid + 20; tid++) {
		FILE *f;
		int got = 0;

		snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
		f = fopen(path, "r");
		while (f && fgets(text, sizeof(text), f))
			if (sscanf(text, "PPid: %d", &got) == 1 && got != parent)
				n = -100;
		if (f)
			fclose(f);
		n += f != NULL;
	}
	return n >= 4;
}

static void threads(void)
{
	pid_t middle, soldier;
	int status;

	word[0] = 0;
	soldier = grandchild(with_threads, 0, &middle);
	while (!word[0])
		pause_ms(1);
	ktap_ok(!adopt(soldier) && threads_have(soldier, getpid()),
		"every thread of it has the new parent");
	kill(soldier, SIGKILL);
	ktap_ok(waitpid(soldier, &status, 0) == soldier, "and it ends as a whole");
	end(middle);
}

/* The station ends: its children, adopted ones too, are somebody's. */
static void station_ends(void)
{
	pid_t middle, soldier = grandchild(sleep_on, 0, &middle), station;
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	station = fork();
	if (!station)
		_exit(adopt(soldier) || parent_of(soldier) != getpid());
	waitpid(station, &status, 0);
	ktap_ok(!status && parent_of(soldier) == getpid(),
		"when the station ends, its soldiers go where orphans go");
	end(soldier);
	end(middle);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void *adopts(void *pid)
{
	return (void *)(intptr_t)adopt((pid_t)(intptr_t)pid);
}

static void from_a_thread(void)
{
	pid_t middle, soldier = grandchild(sleep_on, 0, &middle);
	void *err = NULL;
	pthread_t t;

	pthread_create(&t, NULL, adopts, (void *)(intptr_t)soldier);
	pthread_join(t, &err);
	ktap_ok(!err && parent_of(soldier) == getpid(),
		"a thread that has ended has adopted for its process");
	end(soldier);
	end(middle);
}

static char station[16]; /* our pid, as a word for the program below */

static void *executes(void *path)
{
	execl(path, path, station, (char *)NULL);
	return NULL;
}

/* The program that a thread executes: it lives until it has been adopted, or would end
 * before on a machine that is slow to adopt. Without a station it ends some day. */
static int adopted(const char *parent)
{
	for (int ms = 0; ms < 60000 && getppid() != atoi(parent); ms++)
		pause_ms(1);
	return 7;
}

static void *outlives(void *unused)
{
	(void)unused;
	while (state_of(getpid(), NULL) != 'Z')
		pause_ms(1);
	word[0] = 1;
	return nothing(NULL);
}

static void first_thread_ends(int unused)
{
	pthread_t t;

	(void)unused;
	pthread_create(&t, NULL, outlives, NULL);
	pthread_exit(NULL);
}

static void without_its_first_thread(void)
{
	pid_t middle, soldier;
	int err, status = 0;

	word[0] = 0;
	soldier = grandchild(first_thread_ends, 0, &middle);
	while (!word[0])
		pause_ms(1);
	err = adopt(soldier);
	kill(soldier, SIGKILL);
	ktap_why("a process lives as long as one of its threads: %s", strerror(err));
	ktap_ok(!err && waitpid(soldier, &status, 0) == soldier && WIFSIGNALED(status),
		"one whose first thread has ended is adopted, and waited for");
	end(middle);
}

static void exec_from_a_thread(int unused)
{
	pthread_t t;

	(void)unused;
	word[0] = 1;
	while (!word[1])
		pause_ms(1);
	pthread_create(&t, NULL, executes, "/proc/self/exe");
	pause();
}

static void executes_meanwhile(void)
{
	pid_t middle, soldier;
	int status = -1, good = 0;

	for (int i = 0; i < 20; i++) {
		word[0] = word[1] = 0;
		soldier = grandchild(exec_from_a_thread, 0, &middle);
		while (!word[0])
			pause_ms(1);
		word[1] = 1;
		good += !adopt(soldier) && waitpid(soldier, &status, 0) == soldier &&
			WEXITSTATUS(status) == 7;
		end(middle);
	}
	ktap_why("%d of 20", good);
	ktap_ok(good == 20, "adopted while a thread of it executes a program");
}

static pid_t zombie_of(pid_t *middle)
{
	pid_t pid = grandchild(leave, 0, middle);

	state_becomes(pid, 'Z');
	return pid;
}

static void refused(void)
{
	pid_t middle, soldier, other, gone = fork(), child = fork();

	if (!gone)
		_exit(0);
	if (!child)
		sleep_on(0);
	waitpid(gone, NULL, 0);
	ktap_ok(adopt(gone) == ESRCH && adopt(0) == ESRCH && adopt(-1) == ESRCH,
		"nobody: ESRCH");
	soldier = zombie_of(&middle);
	ktap_ok(adopt(soldier) == ESRCH, "one that has ended: ESRCH");
	end(middle);
	ktap_ok(adopt(child) == EEXIST && parent_of(child) == getpid(),
		"one's own child: EEXIST");
	end(child);
	ktap_ok(adopt(getpid()) == ELOOP && adopt(getppid()) != 0, "oneself: ELOOP");
	ktap_ok(adopt(1) == EPERM, "the first process: EPERM");
	ktap_ok(adopt(2) == EPERM, "a kernel thread: EPERM");
	child = fork();
	if (!child)
		_exit(adopt(getppid()) != ELOOP);
	waitpid(child, &word[0], 0);
	ktap_ok(!word[0], "an ancestor: ELOOP");
	soldier = grandchild(sleep_on, 0, &middle);
	word[1] = 0;
	other = fork();
	if (!other) {
		word[1] = ptrace(PTRACE_SEIZE, soldier, NULL, NULL) ? -1 : 1;
		sleep_on(0);
	}
	while (!word[1])
		pause_ms(1);
	ktap_ok(word[1] == 1 && adopt(soldier) == EBUSY && parent_of(soldier) == middle,
		"one that is traced: EBUSY");
	end(other);
	ktap_ok(!adopt(soldier), "and when the tracer has gone, it may be");
	end(soldier);
	end(middle);
	soldier = grandchild(sleep_on, 0, &middle);
	kill(soldier, SIGSTOP);
	state_becomes(soldier, 'T');
	child = fork();
	if (!child) {
		setsid();
		_exit(adopt(soldier) != EXDEV);
	}
	waitpid(child, &word[0], 0);
	ktap_ok(!word[0], "a stopped one, by another session: EXDEV");
	kill(soldier, SIGCONT);
	end(middle);
	kill(soldier, SIGKILL);
}

static void permission(void)
{
	pid_t middle, soldier = grandchild(sleep_on, 0, &middle), child = fork();
	int status;

	if (!child) {
		(void)!setgid(65534);
		(void)!setuid(65534);
		_exit(open(DEVICE, O_RDONLY) >= 0 || adopt(soldier) != EPERM ||
		      watch(soldier, 0) != EPERM);
	}
	waitpid(child, &status, 0);
	ktap_ok(!status, "only root may, whoever opened the device");
	end(middle);
	kill(soldier, SIGKILL);
}

static void subreapers(void)
{
	pid_t middle, soldier;

	/* The soldier's own child becomes an orphan; who is its reaper now? */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	soldier = grandchild(sleep_on, 0, &middle);
	end(middle);
	ktap_ok(parent_of(soldier) == getpid(), "an orphan comes to the subreaper");
	end(soldier);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* In a namespace of its own: numbers are those of there. */
static void within(int fd)
{
	pid_t middle, soldier = grandchild(sleep_on, 0, &middle);
	int status = 0;
	bool good;

	good = !adopt(soldier) && adopt(1) != 0;
	kill(soldier, SIGTERM);
	good = good && waitpid(soldier, &status, 0) == soldier &&
	       WTERMSIG(status) == SIGTERM;
	(void)!write(fd, good ? "ok" : "no", 2);
	end(middle);
	pause();
}

static void namespaces(void)
{
	char said[3] = "";
	int ends[2];
	pid_t first;

	if (pipe(ends) || unshare(CLONE_NEWPID)) {
		ktap_skip("no namespaces of pids", "numbers are those of the namespace");
		ktap_skip("no namespaces of pids", "the first of a namespace: EPERM");
		return;
	}
	first = fork();
	if (!first) {
		within(ends[1]);
		_exit(0);
	}
	(void)!read(ends[0], said, 2);
	ktap_ok(!strcmp(said, "ok"), "numbers are those of the namespace");
	ktap_ok(adopt(first) == EPERM, "the first of a namespace: EPERM");
	end(first);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return adopted(argv[1]);
	snprintf(station, sizeof(station), "%d", getpid());
	device = open(DEVICE, O_RDWR);
	word = shared_memory(4096);
	ktap_plan(28);
	document();
	old_parent();
	threads();
	station_ends();
	from_a_thread();
	without_its_first_thread();
	executes_meanwhile();
	refused();
	permission();
	subreapers();
	namespaces();
	return ktap_end();
}
