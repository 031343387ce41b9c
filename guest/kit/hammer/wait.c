// SPDX-License-Identifier: GPL-2.0-only
/* Waiting: O_NONBLOCK, poll, signals. Nothing here is a matter of how long it takes. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "hammer.h"

#define TRIES 20

/* ---- O_NONBLOCK ---- */

/* The first signal comes after three seconds: only who waits can be interrupted by it. */
static void must_not_wait(long r, const char *why)
{
	if (r != -EINTR)
		return;
	blame_last(r, why);
	close_gate();
}

static void nonblock_read(const struct target *t)
{
	int fd = open_target(t, O_RDONLY);
	long r = 1;

	for (int i = 0; i < 30 && r > 0; i++) {
		r = take_much(fd);
		must_not_wait(r, "it was opened with O_NONBLOCK, and it waited");
	}
	call_close(fd);
	fd = open_target(t, O_RDONLY);
	set_nonblock(fd, false);
	set_nonblock(fd, true);
	must_not_wait(call_read(fd, whole(), 16),
		      "O_NONBLOCK was set by fcntl, and it waited");
}

static void nonblock_write(const struct target *t)
{
	int fd = open_target(t, O_WRONLY);
	long r = 1;

	memset(whole().at, '1', 4096);
	for (int i = 0; i < 300 && r > 0; i++) {
		r = t->stored ? call_write(fd, whole(), 1) : give_much(fd);
		must_not_wait(r, "it was opened with O_NONBLOCK, and it waited");
	}
}

/* ---- poll ---- */

static short ask(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	struct timespec now = {0};
	long r = CALL("poll(fd, %#lx, 0)", events, 0, SYS_ppoll, (long)&p, 1L, (long)&now,
		      0L);

	if (r > 1)
		blame_last(r, "it was one file");
	if (p.revents & POLLNVAL)
		blame_last(r, "POLLNVAL is for descriptors that are not open");
	return p.revents;
}

static bool contradicts(bool ready, long r)
{
	return ready ? r == -EAGAIN : r > 0;
}

/*
 * What poll says and what read or write does must be the same, but something may happen
 * in between: only who contradicts each time is wrong. A pipe that is nearly full takes a
 * byte while poll says no, for poll speaks of a page.
 */
static void agree(int fd, short event, long (*use)(int fd))
{
	bool ready = false;
	long r = 0;

	for (int i = 0; i < TRIES; i++) {
		bool now = ask(fd, event) & event;

		r = use(fd);
		if (!contradicts(now, r) || (i && now != ready))
			return;
		ready = now;
	}
	if (ready)
		blame_last(r, "although poll says, each time, that it would not wait");
	else if (event == POLLIN)
		blame_last(r, "although poll says, each time, that it would wait");
}

static long use_read(int fd)
{
	return call_read(fd, whole(), 64);
}

static long use_write(int fd)
{
	return call_write(fd, whole(), 1);
}

static void polls(const struct target *t)
{
	int fd;

	if (t->read) {
		fd = open_target(t, O_RDONLY);
		ask(fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP);
		ask(fd, 0);
		for (int i = 0; i < 100; i++) /* also when it is empty */
			agree(fd, POLLIN, use_read);
		call_close(fd);
	}
	if (t->write) {
		fd = open_target(t, O_WRONLY);
		*(char *)whole().at = '1';
		for (int i = 0; i < 100; i++)
			agree(fd, POLLOUT, use_write);
		call_close(fd);
	}
}

static void epolls(const struct target *t)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET}, got[4];
	int fd = open_target(t, t->how), poll_fd, copy;
	long r;

	for (int i = 0; i < 20; i++) {
		poll_fd = epoll_create1(EPOLL_CLOEXEC);
		r = CALL("epoll_ctl(epoll, EPOLL_CTL_ADD, fd)", 0, 0, SYS_epoll_ctl,
			 (long)poll_fd, (long)EPOLL_CTL_ADD, (long)fd, (long)&event);
		if (r && r != -EPERM)
			blame_last(r, "it works, or gives EPERM for a file without poll");
		r = CALL("epoll_wait(epoll, events, 4, 0)", 0, 0, SYS_epoll_pwait,
			 (long)poll_fd, (long)got, 4L, 0L, 0L);
		if (r < 0 && r != -EINTR)
			blame_last(r, NULL);
		/* Closed in one order and in the other. */
		copy = dup(fd);
		if (i & 1)
			close(poll_fd);
		call_close(fd);
		if (!(i & 1))
			close(poll_fd);
		fd = copy;
	}
}

/* ---- waiting in read and write ---- */

static const char *const kinds[] = {"reads never wait here", "writes never wait here"};

/*
 * Nothing there, a read that waits, and a signal every tenth of a second: it must end. A
 * return of 0 would be the end of the file for whoever reads it.
 */
static void interrupted(int fd, long (*take)(int fd), bool reading)
{
	int zeros = 0;
	long r;

	for (int i = 0; i < 3; i++) {
		set_nonblock(fd, true);
		if (!until_again(fd, take)) {
			not_tried("%s", kinds[!reading]);
			return;
		}
		set_nonblock(fd, false);
		nudge(50);
		r = take(fd);
		nudge_stop();
		if (r == 0)
			zeros++;
		else if (r < 0 && r != -EINTR)
			blame_last(r, "EINTR is the answer when a signal comes");
	}
	if (zeros == 3)
		blame_last(
			0,
			"each time that a signal came; 0 says that the file has ended");
}

static void signal_read(const struct target *t)
{
	interrupted(open_target(t, O_RDONLY), take_much, true);
}

static void signal_write(const struct target *t)
{
	if (t->stored) {
		not_tried("%s", kinds[1]);
		return;
	}
	memset(whole().at, '1', 4096);
	interrupted(open_target(t, O_WRONLY), give_much, false);
}

/* No handler at all: the process just ends, in the middle of the call. */
static void kill_waiting(const struct target *t, int flags, long (*take)(int fd),
			 bool reading)
{
	for (int i = 0; i < 3; i++) {
		int fd = open_target(t, flags);
		pid_t pid;

		if (!until_again(fd, take)) {
			not_tried("%s", kinds[!reading]);
			return;
		}
		set_nonblock(fd, false);
		pid = fork_helper(1);
		if (pid == 0) {
			nudge_stop();
			take(fd);
			_exit(0);
		}
		usleep(20000 + chance_below(20000));
		kill(pid, SIGKILL);
		helper_ended(pid);
		lane_free(1);
		set_nonblock(fd, true);
		take(fd);
		call_close(fd);
	}
}

static void kill_read(const struct target *t)
{
	kill_waiting(t, O_RDONLY, take_much, true);
}

static void kill_write(const struct target *t)
{
	if (t->stored) {
		not_tried("%s", kinds[1]);
		return;
	}
	memset(whole().at, '1', 4096);
	kill_waiting(t, O_WRONLY, give_much, false);
}

/* ---- who waits is woken ---- */

static long wait_for_input(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return CALL("poll(fd, POLLIN, for ever)", 0, 0, SYS_ppoll, (long)&p, 1L, 0L, 0L);
}

static long give_text(int fd)
{
	return call_write(fd, (struct place){"text", (char *)(uintptr_t) "1\n"}, 2);
}

/* A child waits, and @rouse must wake it; that it does not, the watchdog tells. */
static void wake(int fd, long (*wait)(int fd), int other, long (*rouse)(int fd))
{
	pid_t pid;

	set_nonblock(fd, false);
	pid = fork_helper(1);
	if (pid == 0) {
		wait(fd);
		_exit(0);
	}
	usleep(10000 + chance_below(20000));
	rouse(other);
	helper_ended(pid);
	set_nonblock(fd, true);
}

/* Two open files, if what is written to one is what is read from the other. */
static bool is_queue(const struct target *t, int *in, int *out)
{
	long fd;

	*in = open_target(t, O_RDONLY);
	fd = call_open(t, O_WRONLY | O_NONBLOCK);
	*out = (int)fd;
	if (fd >= 0 && until_again(*in, take_much) && give_text(*out) > 0 &&
	    take_much(*in) > 0)
		return true;
	not_tried("what is written is not what a waiting read gets");
	return false;
}

static void wake_waiting(const struct target *t, long (*wait)(int fd))
{
	int in, out;

	if (!is_queue(t, &in, &out))
		return;
	for (int i = 0; i < 3; i++)
		if (until_again(in, take_much))
			wake(in, wait, out, give_text);
}

static void wake_read(const struct target *t)
{
	wake_waiting(t, take_much);
}

static void wake_poll(const struct target *t)
{
	wake_waiting(t, wait_for_input);
}

static void wake_write(const struct target *t)
{
	int in, out;

	if (!is_queue(t, &in, &out))
		return;
	memset(whole().at, '1', 4096);
	if (!until_again(out, give_much)) {
		not_tried("%s", kinds[1]);
		return;
	}
	wake(out, give_text, in, take_much);
}

/* All other promises rest on these two. */
const struct promise nonblock_promises[] = {
	{"with O_NONBLOCK a read returns at once", nonblock_read, NEED_READ},
	{"with O_NONBLOCK a write returns at once", nonblock_write, NEED_WRITE},
	{0},
};

const struct promise waiting_promises[] = {
	{"poll returns, and says what read and write do", polls, 0},
	{"epoll takes it, or says that it cannot wait", epolls, 0},
	{"a signal ends a read that waits", signal_read, NEED_READ},
	{"a signal ends a write that waits", signal_write, NEED_WRITE},
	{"SIGKILL ends a read that waits", kill_read, NEED_READ},
	{"SIGKILL ends a write that waits", kill_write, NEED_WRITE},
	{"a write wakes a read that waits", wake_read, NEED_READ | NEED_WRITE},
	{"a write wakes a poll that waits", wake_poll, NEED_READ | NEED_WRITE},
	{"a read wakes a write that waits", wake_write, NEED_READ | NEED_WRITE},
	{0},
};
