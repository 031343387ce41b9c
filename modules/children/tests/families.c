// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: who is whose child, by /proc/children. Families of every kind are made for
 * it; the judge is the parent that /proc/PID/stat names.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>

#include "children.h"

static struct answer a;

static pid_t start(void (*fn)(void))
{
	pid_t pid = fork();

	if (!pid) {
		fn();
		_exit(0);
	}
	return pid;
}

static void spin(void)
{
	for (;;)
		;
}

static void leave(void)
{
}

static void states(void)
{
	pid_t sleeper = start_sleeper(), stopped = start_sleeper();
	pid_t spinner = start(spin), zombie = start(leave);

	kill(stopped, SIGSTOP);
	state_becomes(sleeper, 'S');
	state_becomes(stopped, 'T');
	state_becomes(zombie, 'Z');
	ask(getpid(), &a);
	ktap_why("%d lines, error %d", a.n, a.err);
	ktap_ok(a.good && a.n == 4, "four children, four lines");
	ktap_ok(told(&a, sleeper) == 'S', "one that sleeps");
	ktap_ok(told(&a, stopped) == 'T', "one that was stopped");
	ktap_ok(told(&a, spinner) == 'R', "one that runs");
	ktap_ok(told(&a, zombie) == 'Z', "one that has ended and was not waited for");
	ask_in_pieces(getpid(), &a, 1);
	ktap_ok(a.good && a.n == 4 && told(&a, stopped) == 'T',
		"read by single bytes, the lines are whole");
	end(sleeper);
	end(stopped);
	end(spinner);
	waitpid(zombie, NULL, 0);
	ask(getpid(), &a);
	ktap_ok(a.good && !a.n, "nobody, once all are waited for");
}

static int *of_thread; /* shared: the pid, and the thread's own */

static void *forks(void *unused)
{
	of_thread[0] = start_sleeper();
	of_thread[1] = (int)gettid();
	pause();
	return unused;
}

static void threads(void)
{
	pthread_t t;

	of_thread[0] = 0;
	pthread_create(&t, NULL, forks, NULL);
	while (!of_thread[1])
		pause_ms(1);
	state_becomes(of_thread[0], 'S');
	ask(getpid(), &a);
	ktap_why("a child's parent is the thread that forked it; the question is about "
		 "the "
		 "process");
	ktap_ok(told(&a, of_thread[0]) == 'S', "the child of another thread is there");
	ask(of_thread[1], &a);
	ktap_ok(told(&a, of_thread[0]) == 'S' && a.n == 1,
		"asked by a thread's number, the answer is its process's");
	end(of_thread[0]);
}

/* Forks one who sleeps, and sleeps or leaves. */
static _Noreturn void middle(bool leaves)
{
	of_thread[0] = start_sleeper();
	prctl(PR_SET_PDEATHSIG, 0);
	if (leaves)
		_exit(0);
	for (;;)
		pause();
}

static _Noreturn void orphan_maker(void)
{
	pid_t pid = fork();

	if (pid)
		_exit(0);
	of_thread[0] = getpid();
	for (;;)
		pause();
}

static void generations(void)
{
	pid_t child;

	of_thread[0] = 0;
	child = fork();
	if (!child)
		middle(false);
	while (!of_thread[0])
		pause_ms(1);
	ask(getpid(), &a);
	ktap_ok(told(&a, child) && !told(&a, of_thread[0]) && a.n == 1,
		"grandchildren are not children");
	ask(child, &a);
	ktap_ok(told(&a, of_thread[0]) && a.n == 1, "but that child's");
	kill(of_thread[0], SIGKILL);
	end(child);

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	of_thread[0] = 0;
	child = fork();
	if (!child)
		orphan_maker();
	waitpid(child, NULL, 0);
	while (!of_thread[0])
		pause_ms(1);
	ask(getpid(), &a);
	ktap_why("whose parent ends gets another one");
	ktap_ok(told(&a, of_thread[0]) && a.n == 1,
		"an orphan is whoever's it was given");
	end(of_thread[0]);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static int all_pids(int *pid)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	int n = 0;

	while (proc && (e = readdir(proc)) && n < MOST)
		if (atoi(e->d_name) > 0)
			pid[n++] = atoi(e->d_name);
	if (proc)
		closedir(proc);
	return n;
}

/* Of all that there are. Kernel workers come and go: who is wrong must stay so. */
static int differences(void)
{
	static int pid[MOST];
	int n = all_pids(pid), wrong = 0;

	for (int i = 0; i < n; i++) {
		ask(pid[i], &a);
		for (int j = 0; j < n; j++) {
			int parent = 0;

			if (!state_of(pid[j], &parent))
				continue;
			wrong += (parent == pid[i]) != !!told(&a, pid[j]);
		}
	}
	return wrong;
}

static void everybody(void)
{
	enum { FAMILIES = 5, EACH = 4 };
	pid_t parent[FAMILIES];
	int wrong = 1;

	for (int i = 0; i < FAMILIES; i++) {
		parent[i] = fork();
		if (parent[i])
			continue;
		for (int j = 0; j < EACH; j++)
			start_sleeper();
		for (;;)
			pause();
	}
	pause_ms(100);
	for (int i = 0; i < 5 && wrong; i++)
		wrong = differences();
	ktap_why("%d wrong", wrong);
	ktap_ok(!wrong, "of each process there is: those whose parent /proc says it is");
	for (int i = 0; i < FAMILIES; i++)
		end(parent[i]);
}

static int refused(const char *text)
{
	int fd = open(PATH, O_RDWR), err = 0;

	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

static void bad_questions(void)
{
	pid_t gone = start(leave), child = start_sleeper();
	int fd;

	waitpid(gone, NULL, 0);
	fd = open(PATH, O_RDWR);
	ask(gone, &a);
	ktap_ok(a.err == ESRCH, "a pid that nobody has: ESRCH");
	ktap_ok(refused("me") == EINVAL && refused("1x") == EINVAL &&
			refused("-1") == EINVAL && refused("0") == EINVAL &&
			refused("1 2") == EINVAL,
		"what is no pid: EINVAL");
	ktap_ok(refused("99999999999") == ERANGE,
		"what is no number of this size: ERANGE");
	ktap_ok(write(fd, (void *)8, 2) < 0 && errno == EFAULT, "a bad pointer: EFAULT");
	read_answer(fd, &a, 4096);
	ktap_why("%d lines", a.n);
	ktap_ok(a.good && a.n == 1 && told(&a, child),
		"refused or never asked, the answer is about the reader");
	close(fd);
	end(child);
}

/* The first process of a namespace of its own. */
static void from_within(int fd)
{
	pid_t child = start_sleeper();

	ask(1, &a);
	(void)!write(fd, a.good && a.n == 1 && told(&a, child) ? "ok" : "no", 2);
	end(child);
}

static void namespaces(void)
{
	char said[3] = "";
	int ends[2];
	pid_t pid;

	if (pipe(ends) || unshare(CLONE_NEWPID)) {
		ktap_skip("no namespaces of pids", "pids are those of the namespace");
		return;
	}
	pid = fork();
	if (!pid) {
		from_within(ends[1]);
		_exit(0);
	}
	(void)!read(ends[0], said, 2);
	waitpid(pid, NULL, 0);
	ktap_ok(!strcmp(said, "ok"), "pids are those of the namespace of who asks");
}

/* A debugger is told of what happens to the traced one, as a parent is, but it is none.
 */
static void debuggers(void)
{
	pid_t child = start_sleeper(), debugger;
	bool right;

	state_becomes(child, 'S');
	of_thread[0] = 0;
	debugger = fork();
	if (!debugger) {
		of_thread[0] = ptrace(PTRACE_SEIZE, child, NULL, NULL) ? 2 : 1;
		for (;;)
			pause();
	}
	while (!of_thread[0])
		pause_ms(1);
	ask(debugger, &a);
	right = of_thread[0] == 1 && a.good && !a.n;
	ask(getpid(), &a);
	ktap_ok(right && a.n == 2 && told(&a, child), "a debugger is not a parent");
	end(debugger);
	end(child);
}

static void odd_name(void)
{
	prctl(PR_SET_NAME, "a\n1 R \\");
	pause();
}

static void names(void)
{
	pid_t pid = start(odd_name);

	state_becomes(pid, 'S');
	ask(getpid(), &a);
	ktap_why("'%s'", a.name[0]);
	ktap_ok(a.good && a.n == 1 && !strcmp(a.name[0], "a\\0121 R \\134"),
		"a name cannot end its line");
	end(pid);
}

static void permissions(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		(void)!setgid(65534);
		(void)!setuid(65534);
		_exit(open(PATH, O_RDONLY) >= 0);
	}
	waitpid(pid, &status, 0);
	ktap_ok(!status, "only root may ask");
}

int main(void)
{
	of_thread = shared_memory(4096);
	ktap_plan(22);
	states();
	generations();
	everybody();
	bad_questions();
	names();
	permissions();
	debuggers();
	threads();
	namespaces();
	return ktap_end();
}
