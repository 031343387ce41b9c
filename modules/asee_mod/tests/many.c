// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many tasks at one end: each byte wakes one of them, none is forgotten, and none waits
 * for ever while others are served.
 */
#include "asee.h"

enum { CROWD = 16, WRITES = 600 };

static int read_one(void *arg)
{
	const struct subject *s = arg;
	char byte;

	return read(s->r, &byte, 1) == 1 ? 0 : 1;
}

static int write_one(void *arg)
{
	const struct subject *s = arg;

	return write(s->w, "x", 1) == 1 ? 0 : 1;
}

static void gather(struct subject *s, pid_t *pid, int (*fn)(void *), long call)
{
	for (int i = 0; i < CROWD; i++)
		pid[i] = start(fn, s);
	for (int i = 0; i < CROWD; i++)
		wait_asleep(pid[i], call);
}

static int count_left(pid_t *pid)
{
	int left = 0;

	for (int i = 0; i < CROWD; i++)
		left += !is_over(pid[i]);
	return left;
}

/* Waits until no more than @left of them are left, three seconds at most. */
static bool dwindles(pid_t *pid, int left)
{
	for (int ms = 0; ms < 3000; ms++) {
		if (count_left(pid) <= left)
			return true;
		pause_ms(1);
	}
	return false;
}

static void end_all(pid_t *pid)
{
	for (int i = 0; i < CROWD; i++) {
		kill(pid[i], SIGKILL);
		ended(pid[i]);
	}
}

/* A reader that looks asleep may be about to: the module's own number tells when. */
static void settle(const char *name)
{
	for (int ms = 0; ms < 3000 && sys_get(name) >= 0 && sys_get(name) < CROWD; ms++)
		pause_ms(1);
}

static void readers(struct subject *s)
{
	static char bytes[CROWD];
	pid_t pid[CROWD];
	long before;
	bool good;

	gather(s, pid, read_one, SYS_read);
	if (s->device)
		settle("blocked_readers");
	before = sys_get("wakeups");
	(void)!write(s->w, "x", 1);
	good = dwindles(pid, CROWD - 1);
	pause_ms(5);
	ktap_ok(good && count_left(pid) == CROWD - 1,
		"%s: one byte is for one of %d readers", s->name, CROWD);
	if (!s->device || before < 0)
		ktap_skip("does not count its wake-ups", "%s: and wakes no other",
			  s->name);
	else {
		ktap_why("a thundering herd: all wake up for what only one can have");
		ktap_ok(sys_get("wakeups") == before + 1, "%s: and wakes no other",
			s->name);
	}

	(void)!write(s->w, bytes, CROWD - 1);
	ktap_why("one write, one wake-up; who got a byte and leaves others behind has to "
		 "wake "
		 "the next one");
	ktap_ok(dwindles(pid, 0), "%s: a write of %d bytes serves %d readers", s->name,
		CROWD - 1, CROWD - 1);
	end_all(pid);
	drain(s);
}

static void writers(struct subject *s)
{
	static char bytes[CAPACITY];
	pid_t pid[CROWD];

	fill(s, '.');
	gather(s, pid, write_one, SYS_write);
	(void)!read(s->r, bytes, sizeof(bytes));
	ktap_why("one read, room for all: who has written and leaves room has to wake "
		 "the next");
	ktap_ok(dwindles(pid, 0), "%s: one read makes room for %d writers", s->name,
		CROWD);
	end_all(pid);
	drain(s);

	/* A byte of room at a time, which a pipe does not count as room. */
	fill(s, '.');
	gather(s, pid, write_one, SYS_write);
	for (int i = 0; i < CROWD && s->device; i++) {
		(void)!read(s->r, bytes, 1);
		dwindles(pid, CROWD - 1 - i);
	}
	ktap_ok(!s->device || count_left(pid) == 0,
		"%s: a byte of room is enough for one byte, %d times", s->name, CROWD);
	end_all(pid);
	drain(s);
}

/* Some want much room and some little, and the little ones come again and again. */
static int write_greedily(void *arg)
{
	const struct subject *s = arg;

	while (write(s->w, "....", 4) == 4)
		;
	return 1;
}

static int write_page(void *arg)
{
	static char page[PIPE_BUF];
	const struct subject *s = arg;

	memset(page, '#', sizeof(page));
	return write(s->w, page, sizeof(page)) == sizeof(page) ? 0 : 1;
}

static void starvation(struct subject *s)
{
	static char bytes[CAPACITY];
	pid_t greedy[2], big;
	bool over = false;
	long reads = 0;

	fill(s, '.');
	big = start(write_page, s);
	wait_asleep(big, SYS_write);
	for (int i = 0; i < 2; i++)
		greedy[i] = start(write_greedily, s);
	/* Small reads, so that the room is always less than the big one needs. */
	while (!over && reads < 300000) {
		(void)!read(s->r, bytes, 64);
		if (++reads % 32 == 0)
			over = is_over(big);
	}
	ktap_why("a write of PIPE_BUF waited while %ld reads made room and smaller "
		 "writes took "
		 "it",
		 reads);
	ktap_ok(over, "%s: small writes do not starve a big one", s->name);
	for (int i = 0; i < 2; i++) {
		kill(greedy[i], SIGKILL);
		ended(greedy[i]);
	}
	kill(big, SIGKILL);
	ended(big);
	drain(s);
}

/* Two take turns in sleeping: each byte is for the one that is asleep. */
static int read_forever(void *arg)
{
	const struct subject *s = arg;
	char byte;

	while (read(s->r, &byte, 1) == 1)
		;
	return 1;
}

static void no_lost_wakeup(struct subject *s)
{
	pid_t pid[CROWD];
	int stuck = 0;

	for (int i = 0; i < CROWD; i++)
		pid[i] = start(read_forever, s);
	for (int i = 0; i < WRITES && !stuck; i++) {
		(void)!write(s->w, "abc", (size_t)(1 + i % 3));
		for (int tries = 0; !stuck && queued(s); tries++) {
			stuck = tries > 3000;
			if (tries > 100)
				pause_ms(1);
		}
	}
	ktap_why("bytes were queued for three seconds and every reader slept");
	ktap_ok(!stuck, "%s: no wake-up is lost in %d writes", s->name, WRITES);
	end_all(pid);
	drain(s);
}

static void checks(struct subject *s)
{
	readers(s);
	writers(s);
	starvation(s);
	no_lost_wakeup(s);
}

int main(void)
{
	return with_each(checks, 7, true, NULL, 0);
}
