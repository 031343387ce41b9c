/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests in C share. Most of them judge the channel by the behaviour of a pipe,
 * and a real pipe is judged first: a check that pipe(2) does not pass is a wrong check.
 *
 * Where the module has the parameter "lock", each check is made with each of its values.
 */
#ifndef ASEE_H
#define ASEE_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KMODULE "asee_mod"
#include "kmodule.h"
#include "ktap.h"
#include "ktest.h"

#define DEVICE	 "/dev/asee_mod"
#define SYS	 "/sys/kernel/asee_mod/"
#define CAPACITY 65536 /* of a pipe; the channel gets the same */

/* Something with two ends. */
struct subject {
	const char *name;
	bool device;
	int r, w; /* one O_RDWR file, where it is the device */
};

/* A number in /sys/kernel/asee_mod, -1 when there is no such file. */
static inline long sys_get(const char *name)
{
	char path[256], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), SYS "%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		strcpy(text, "-1");
	if (fd >= 0)
		close(fd);
	return atol(text);
}

/* 0 or the errno. */
static inline int sys_put(const char *name, const char *text)
{
	char path[256];
	int fd, err = 0;

	snprintf(path, sizeof(path), SYS "%s", name);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

static inline int sys_put_number(const char *name, long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", number);
	return sys_put(name, text);
}

static inline void subject_close(struct subject *s)
{
	close(s->r);
	if (s->w != s->r)
		close(s->w);
}

/* Loads the module with @parameters and opens the device; NULL: makes a pipe. */
static inline bool subject_open(struct subject *s, const char *name,
				const char *parameters)
{
	int fds[2], err;

	s->name = name;
	s->device = parameters;
	if (!parameters) {
		if (pipe(fds))
			return false;
		s->r = fds[0];
		s->w = fds[1];
		return true;
	}
	err = reload_module(parameters);
	if (err) {
		ktap_diag("loading anew with '%s': %s", parameters, strerror(err));
		return false;
	}
	s->r = s->w = open(DEVICE, O_RDWR);
	return s->r >= 0 && !sys_put_number("asee_buf_size", CAPACITY);
}

enum { LOCKS = 3 };

static const char *const lock_names[] = {"lock=split", "lock=mutex", "lock=spin"};

/* Does a read block at all? In steps 1 and 2 of the document it does not: such a module
 * is not judged by the checks that need it. */
static inline bool blocks(void)
{
	struct pollfd p = {.events = POLLIN};
	bool yes;

	if (has_param("policy"))
		return true;
	p.fd = open(DEVICE, O_RDONLY | O_NONBLOCK);
	yes = read(p.fd, &(char){0}, 1) < 0 && errno == EAGAIN;
	close(p.fd);
	return yes;
}

/* Also ends our children that sleep in the channel: they would keep the guest running. */
static inline void give_up(int number)
{
	(void)number;
	kill(0, SIGKILL);
}

/* After 50 seconds the test is ended: better than a guest that hangs. */
static inline void set_alarm(void)
{
	signal(SIGALRM, give_up);
	alarm(50);
}

static inline void check_subject(struct subject *s, void (*fn)(struct subject *))
{
	set_alarm();
	fn(s);
	subject_close(s);
}

/*
 * Makes @checks checks with @fn on a pipe, where @pipe_too, and on the device with each
 * lock, and @n_after checks with @after, if any. Returns what main() returns.
 */
static inline int with_each(void (*fn)(struct subject *), int checks, bool pipe_too,
			    void (*after)(void), int n_after)
{
	int locks = has_param("lock") ? LOCKS : 1;
	struct subject s = {.r = -1, .w = -1};

	signal(SIGPIPE, SIG_IGN);
	setpgid(0, 0);
	if (!blocks()) {
		printf("KTAP version 1\n1..0 # SKIP reads do not block: step 1 or 2\n");
		return 0;
	}
	ktap_plan(checks * (locks + pipe_too) + n_after);
	if (pipe_too && subject_open(&s, "pipe(2)", NULL))
		check_subject(&s, fn);
	for (int i = 0; i < locks; i++) {
		if (!subject_open(&s, lock_names[i], locks > 1 ? lock_names[i] : ""))
			break;
		check_subject(&s, fn);
	}
	if (after)
		after();
	return ktap_end();
}

static inline int queued(const struct subject *s)
{
	int n = -1;

	if (s->device)
		return (int)sys_get("asee_buf_count");
	ioctl(s->r, FIONREAD, &n);
	return n;
}

static inline void nonblocking(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

/* Takes everything out. */
static inline void drain(const struct subject *s)
{
	static char rest[CAPACITY];

	nonblocking(s->r, true);
	while (read(s->r, rest, sizeof(rest)) > 0)
		;
	nonblocking(s->r, false);
}

/* Fills it to the last byte, with bytes of that value. */
static inline void fill(const struct subject *s, int value)
{
	static char bytes[CAPACITY];

	memset(bytes, value, sizeof(bytes));
	nonblocking(s->w, true);
	while (write(s->w, bytes, sizeof(bytes)) > 0)
		;
	nonblocking(s->w, false);
}

/* A byte that can be told from its neighbours far and near. */
static inline unsigned char pattern(uint64_t position)
{
	uint64_t x = position * 0x9e3779b97f4a7c15;

	return (unsigned char)(x >> 56) ^ (unsigned char)(position >> 3);
}

/* Starts a process that does @fn and ends with what that returns. */
static inline pid_t start(int (*fn)(void *), void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(arg));
	return pid;
}

/* Has it ended? Its status can still be asked for. */
static inline bool is_over(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid == pid;
}

/*
 * Waits until all @n of them have ended, for as long as that may take on a busy machine,
 * and kills the rest. Returns how many came to an end by themselves.
 */
static inline int await_end(const pid_t *pid, int n)
{
	int over = 0;

	for (int ms = 0; ms < 8000 && over < n; ms++) {
		over = 0;
		for (int i = 0; i < n; i++)
			over += is_over(pid[i]);
		pause_ms(1);
	}
	for (int i = 0; i < n; i++)
		kill(pid[i], SIGKILL);
	return over;
}

/* The status it ended with; 128 and more: the signal that ended it. */
static inline int ended(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Does it end by itself, in time, and with 0? So the check fails where the test would
 * hang. */
static inline bool ends_well(pid_t pid)
{
	bool in_time = await_end(&pid, 1) == 1;

	return ended(pid) == 0 && in_time;
}

/* Are there bytes, or do they come in time? Before a read that might sleep for ever. */
static inline bool bytes_come(const struct subject *s)
{
	for (int ms = 0; ms < 8000; ms++) {
		if (queued(s) > 0)
			return true;
		pause_ms(1);
	}
	return false;
}

/* Is the process asleep inside the system call of that number? */
static inline bool asleep_in(pid_t pid, long call)
{
	char path[64];
	long number = -1;
	FILE *f;

	if (state_of(pid, NULL) != 'S')
		return false;
	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%ld", &number) != 1)
		number = -1;
	if (f)
		fclose(f);
	return number == call;
}

/* Waits until it is, for as long as it takes; false when the process is no more. */
static inline bool wait_asleep(pid_t pid, long call)
{
	while (!asleep_in(pid, call)) {
		if (is_over(pid))
			return false;
		pause_ms(1);
	}
	return true;
}

#endif
