// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: a station is told of the end of whom it watches, once, with the status, by
 * signal and by event; it is nobody's parent for that.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "adopt.h"

static volatile sig_atomic_t signals;

static void count(int number)
{
	(void)number;
	signals++;
}

static bool readable(int ms)
{
	struct pollfd p = {device, POLLIN, 0};
	int n;

	while ((n = poll(&p, 1, ms)) < 0 && errno == EINTR)
		; /* the signal that comes first */
	return n == 1;
}

static void one(void)
{
	pid_t middle, soldier = grandchild(sleep_on, 0, &middle);
	struct adopt_event e = {0, 0};

	signal(SIGUSR1, count);
	ktap_ok(!watch(soldier, SIGUSR1), "a grandchild is watched");
	ktap_ok(watch(soldier, 0) == EEXIST, "a second time: EEXIST");
	ktap_ok(!readable(50) && !signals, "nothing is told while it lives");
	kill(soldier, SIGTERM);
	ktap_ok(readable(3000), "its end is told to poll()");
	ktap_ok(signals == 1, "and by the signal that was asked for, before");
	ktap_ok(read(device, &e, sizeof(e)) == sizeof(e) && e.pid == soldier &&
			WIFSIGNALED(e.status) && WTERMSIG(e.status) == SIGTERM,
		"the event has pid and status");
	ktap_ok(waitpid(soldier, NULL, WNOHANG) < 0 && errno == ECHILD,
		"it is nobody's child for that");
	end(middle); /* the soldier is waited for by somebody else now */
	ktap_ok(!readable(50) && signals == 1, "and it is told once");
}

static void already_ended(void)
{
	pid_t middle, soldier = grandchild(leave, 5, &middle);
	struct adopt_event e = {0, 0};

	state_becomes(soldier, 'Z');
	ktap_ok(!watch(soldier, 0) && readable(3000) &&
			read(device, &e, sizeof(e)) == sizeof(e) && e.pid == soldier &&
			WEXITSTATUS(e.status) == 5,
		"who has ended and was not waited for is told at once");
	end(middle);
}

/* A parent that waits all the time: of its child nothing is left at once. */
static _Noreturn void parent_that_waits(int tell, int go)
{
	pid_t pid = fork();
	char c;

	if (!pid) {
		(void)!read(go, &c, 1);
		_exit(9);
	}
	(void)!write(tell, &pid, sizeof(pid));
	waitpid(pid, NULL, 0);
	sleep_on(0);
	_exit(0);
}

static void waited_for(void)
{
	int right = 0;

	for (int i = 0; i < 20; i++) {
		struct adopt_event e = {0, 0};
		int tell[2], go[2];
		pid_t middle, soldier = 0;

		(void)!pipe(tell);
		(void)!pipe(go);
		middle = fork();
		if (!middle)
			parent_that_waits(tell[1], go[0]);
		(void)!read(tell[0], &soldier, sizeof(soldier));
		watch(soldier, 0);
		(void)!write(go[1], "x", 1);
		right += readable(3000) && read(device, &e, sizeof(e)) == sizeof(e) &&
			 e.pid == soldier && WIFEXITED(e.status) &&
			 WEXITSTATUS(e.status) == 9;
		end(middle);
		for (int j = 0; j < 2; j++) {
			close(tell[j]);
			close(go[j]);
		}
	}
	ktap_why("%d of 20; when somebody looks later, the status has gone", right);
	ktap_ok(right == 20, "who is waited for at once is told with its status");
}

static void many(void)
{
	enum { N = 100 };
	static struct adopt_event e[2 * N];
	pid_t pid[N], right = 0;
	size_t got = 0;

	for (int i = 0; i < N; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			sleep_on(0);
		}
		right += !watch(pid[i], 0);
	}
	ktap_ok(right == N, "a hundred are watched");
	for (int i = 0; i < N; i++)
		kill(pid[i], i % 2 ? SIGKILL : SIGTERM);
	while (got < N && readable(3000)) {
		ssize_t n = read(device, e + got, 7 * sizeof(*e) + 3);

		if (n <= 0 || n % (ssize_t)sizeof(*e))
			break;
		got += (size_t)n / sizeof(*e);
	}
	right = 0;
	for (int i = 0; i < N; i++) {
		int times = 0;

		for (size_t j = 0; j < got; j++)
			times += e[j].pid == pid[i] &&
				 WTERMSIG(e[j].status) == (i % 2 ? SIGKILL : SIGTERM);
		right += times == 1;
		waitpid(pid[i], NULL, 0);
	}
	ktap_why("%zu events, %d right", got, right);
	ktap_ok(got == N && right == N, "each end is told once, in whole events");
}

static void *sleeps(void *unused)
{
	pause();
	return unused;
}

/* Its first thread ends long before the other. */
static void loses_its_leader(int unused)
{
	pthread_t t;

	(void)unused;
	pthread_create(&t, NULL, sleeps, NULL);
	pthread_exit(NULL);
}

static void leaderless(void)
{
	pid_t middle, soldier = grandchild(loses_its_leader, 0, &middle);

	state_becomes(soldier, 'Z');
	ktap_ok(!watch(soldier, 0) && !readable(100),
		"a process whose first thread has ended lives on");
	kill(soldier, SIGKILL);
	ktap_ok(readable(3000), "until the last has");
	(void)!read(device, &(struct adopt_event){0, 0}, sizeof(struct adopt_event));
	end(middle);
}

static void reading(void)
{
	struct adopt_event e;
	int before = fcntl(device, F_GETFL), n;
	pid_t pid = fork();

	if (!pid)
		sleep_on(0);
	fcntl(device, F_SETFL, before | O_NONBLOCK);
	ktap_ok(read(device, &e, sizeof(e)) < 0 && errno == EAGAIN,
		"nothing yet: EAGAIN");
	ktap_ok(read(device, &e, sizeof(e) - 1) < 0 && errno == EINVAL,
		"no room for one: EINVAL");
	watch(pid, 0);
	kill(pid, SIGKILL);
	readable(3000);
	n = (int)read(device, (void *)8, sizeof(e));
	ktap_ok(n < 0 && errno == EFAULT && read(device, &e, sizeof(e)) == sizeof(e) &&
			e.pid == pid,
		"what could not be stored is there for the next read");
	fcntl(device, F_SETFL, before);
	waitpid(pid, NULL, 0);
	signal(SIGALRM, count);
	siginterrupt(SIGALRM, 1);
	ualarm(100000, 100000); /* again, should the first come before the read */
	ktap_ok(read(device, &e, sizeof(e)) < 0 && errno == EINTR,
		"a signal ends a read that sleeps: EINTR");
	ualarm(0, 0);
}

static void refused(void)
{
	pid_t gone = fork();
	pid_t pid[40];
	int n = 0, err = 0, other;

	if (!gone)
		_exit(0);
	waitpid(gone, NULL, 0);
	ktap_ok(watch(gone, 0) == ESRCH && watch(0, 0) == ESRCH && watch(-5, 0) == ESRCH,
		"nobody: ESRCH");
	ktap_ok(watch(getppid(), 65) == EINVAL && watch(getppid(), -1) == EINVAL,
		"no signal: EINVAL");
	other = device;
	device = open(DEVICE, O_RDWR);
	for (; n < 40 && !err; n++) {
		pid[n] = fork();
		if (!pid[n]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			sleep_on(0);
		}
		err = watch(pid[n], 0);
	}
	close(device); /* while all of them are watched */
	device = other;
	while (n-- > 0)
		end(pid[n]);
	ktap_ok(!err, "a file closed with watches in it takes them along");
}

int main(void)
{
	device = open(DEVICE, O_RDWR);
	ktap_plan(21);
	one();
	already_ended();
	waited_for();
	many();
	leaderless();
	reading();
	refused();
	return ktap_end();
}
