// SPDX-License-Identifier: GPL-2.0-only
/* poll, select and epoll: what they promise, and that nobody sleeps through an event. */
#include <sys/epoll.h>
#include <sys/select.h>

#include "asee.h"

static short events(int fd, short wanted)
{
	struct pollfd p = {.fd = fd, .events = wanted};

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

static char bytes[CAPACITY];

static void levels(struct subject *s)
{
	bool good;

	ktap_ok(events(s->r, POLLIN) == 0, "%s: an empty one is not readable", s->name);
	ktap_ok(events(s->w, POLLOUT) == POLLOUT, "%s: but writable", s->name);
	(void)!write(s->w, "x", 1);
	ktap_ok(events(s->r, POLLIN) == POLLIN, "%s: one byte makes it readable",
		s->name);
	fill(s, '.');
	ktap_ok(events(s->w, POLLOUT) == 0, "%s: a full one is not writable", s->name);
	good = read(s->r, bytes, PIPE_BUF) == PIPE_BUF &&
	       events(s->w, POLLOUT) == POLLOUT;
	ktap_ok(good, "%s: room for PIPE_BUF makes it writable", s->name);

	/* Half a page more is read, half a page written: then the room is no whole one.
	 */
	good = read(s->r, bytes, 100) == 100 && write(s->w, bytes, 2000) == 2000;
	nonblocking(s->w, true);
	if (events(s->w, POLLOUT) & POLLOUT)
		good = good && write(s->w, bytes, PIPE_BUF) > 0;
	nonblocking(s->w, false);
	ktap_why("writable has to mean that PIPE_BUF bytes, which go whole or not at "
		 "all, can "
		 "be written");
	ktap_ok(good, "%s: whoever is writable takes PIPE_BUF bytes", s->name);
	drain(s);
}

static void selecting(struct subject *s)
{
	struct timeval now = {0, 0};
	fd_set r, w;

	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(s->r, &r);
	FD_SET(s->w, &w);
	ktap_ok(select(1 + (s->r > s->w ? s->r : s->w), &r, &w, NULL, &now) == 1 &&
			!FD_ISSET(s->r, &r) && FD_ISSET(s->w, &w),
		"%s: select says the same", s->name);
}

/* In a process of its own, so that an event slept through is a timeout here. */
static int poll_in(void *arg)
{
	const struct subject *s = arg;
	struct pollfd p = {.fd = s->r, .events = POLLIN};

	return poll(&p, 1, 20000) == 1 ? 0 : 1;
}

static int poll_out(void *arg)
{
	const struct subject *s = arg;
	struct pollfd p = {.fd = s->w, .events = POLLOUT};

	return poll(&p, 1, 20000) == 1 ? 0 : 1;
}

static void sleepers(struct subject *s)
{
	pid_t pid[3];
	int bad = 0;

	for (int i = 0; i < 3; i++) {
		pid[i] = start(poll_in, s);
		wait_asleep(pid[i], SYS_poll);
	}
	(void)!write(s->w, "x", 1);
	for (int i = 0; i < 3; i++)
		bad += ended(pid[i]);
	ktap_ok(!bad, "%s: a byte wakes all who poll for it", s->name);

	fill(s, '.');
	for (int i = 0; i < 3; i++) {
		pid[i] = start(poll_out, s);
		wait_asleep(pid[i], SYS_poll);
	}
	(void)!read(s->r, bytes, PIPE_BUF);
	for (int i = 0; i < 3; i++)
		bad += ended(pid[i]);
	ktap_ok(!bad, "%s: room wakes all who poll for it", s->name);
	drain(s);
}

static int watch(int fd, uint32_t wanted)
{
	struct epoll_event e = {.events = wanted};
	int epoll = epoll_create1(0);

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e))
		return -1;
	return epoll;
}

static bool happened(int epoll)
{
	struct epoll_event e;

	return epoll_wait(epoll, &e, 1, 0) == 1;
}

static void edges(struct subject *s)
{
	int in = watch(s->r, EPOLLIN | EPOLLET);
	int out = watch(s->w, EPOLLOUT | EPOLLET);
	bool good;

	good = !happened(in);
	(void)!write(s->w, "ab", 2);
	ktap_ok(good && happened(in), "%s: epoll: an edge when bytes come", s->name);
	ktap_ok(!happened(in), "%s: epoll: the same edge comes once", s->name);
	(void)!read(s->r, bytes, 1);
	(void)!write(s->w, "c", 1);
	ktap_why("pipes report every write, and programs rely on it");
	ktap_ok(happened(in), "%s: epoll: and again when more come beside the old",
		s->name);

	fill(s, '.');
	happened(out);
	good = !happened(out);
	(void)!read(s->r, bytes, 2 * PIPE_BUF);
	ktap_ok(good && happened(out), "%s: epoll: an edge when there is room", s->name);
	close(in);
	close(out);
	drain(s);
}

struct job {
	const struct subject *s;
	int epoll;
};

static int wait_event(void *arg)
{
	const struct job *job = arg;
	struct epoll_event e;

	return epoll_wait(job->epoll, &e, 1, 20000) == 1 ? 0 : 1;
}

static int read_one(void *arg)
{
	const struct job *job = arg;
	char byte;

	return read(job->s->r, &byte, 1) == 1 ? 0 : 1;
}

/*
 * With EPOLLEXCLUSIVE a write wakes one of those who watch; a reader in read() must not
 * go without its byte because of that. (On a pipe it may: both wait in one queue.)
 */
static void exclusive(struct subject *s)
{
	struct job job = {s, watch(s->r, EPOLLIN | EPOLLEXCLUSIVE)};
	pid_t watcher = start(wait_event, &job), reader;
	bool got;

	wait_asleep(watcher, SYS_epoll_wait);
	reader = start(read_one, &job);
	wait_asleep(reader, SYS_read);
	(void)!write(s->w, "x", 1);
	if (!s->device)
		(void)!write(s->w, "y", 1);
	ktap_why("the wake-up for the byte went to the one who watches, and the reader "
		 "sleeps on");
	got = ends_well(reader);
	(void)!write(s->w, "z", 1);
	ktap_ok(ends_well(watcher) && got, "%s: EPOLLEXCLUSIVE beside a reader", s->name);
	close(job.epoll);
	drain(s);
}

enum { ROUNDS = 300 };

/* The writer sends a byte whenever the channel is empty: each poll is about to sleep. */
static int poll_and_read(void *arg)
{
	const struct subject *s = arg;
	struct pollfd p = {.fd = s->r, .events = POLLIN};

	for (int got = 0; got < ROUNDS;) {
		if (poll(&p, 1, 20000) != 1)
			return 1;
		got += read(s->r, bytes, sizeof(bytes)) > 0;
	}
	return 0;
}

static void never_asleep(struct subject *s)
{
	pid_t pid = start(poll_and_read, s);

	while (!is_over(pid)) {
		if (!queued(s))
			(void)!write(s->w, "x", 1);
	}
	ktap_ok(ended(pid) == 0, "%s: poll misses none of %d bytes", s->name, ROUNDS);
	drain(s);
}

static void checks(struct subject *s)
{
	levels(s);
	selecting(s);
	sleepers(s);
	edges(s);
	exclusive(s);
	never_asleep(s);
}

int main(void)
{
	return with_each(checks, 15, true, NULL, 0);
}
