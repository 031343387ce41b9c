// SPDX-License-Identifier: GPL-2.0-only
/* asee_buf_size is changed while the channel is in use: no byte is lost, moved or
 * doubled. */
#include "asee.h"

static char bytes[CAPACITY];

static bool resize(long size)
{
	return sys_put_number("asee_buf_size", size) == 0;
}

static void fill_with_pattern(struct subject *s, uint64_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)pattern(from + i);
	(void)!write(s->w, bytes, n);
}

static bool pattern_comes(struct subject *s, uint64_t from, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t more;

		if (!bytes_come(s))
			return false;
		more = read(s->r, bytes + got, n - got);
		if (more <= 0)
			return false;
		got += (size_t)more;
	}
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != (char)pattern(from + i))
			return false;
	return true;
}

/* Everywhere in the ring, also across its end, larger and smaller, and odd. */
static void keeps(struct subject *s)
{
	bool good = resize(64);
	int at;

	for (at = 0; good && at < 150; at++) {
		fill_with_pattern(s, 0, 37);
		good = resize(at % 3 ? 37 + at : 37) && sys_get("asee_buf_count") == 37 &&
		       pattern_comes(s, 0, 37) && resize(64);
		/* Moves the place in the ring on by one. */
		(void)!write(s->w, "x", 1);
		(void)!read(s->r, bytes, 1);
	}
	ktap_why("37 bytes were queued, in every place of a ring; lost at place %d", at);
	ktap_ok(good, "%s: what is queued survives a new size", s->name);
	drain(s);
}

static void exact(struct subject *s)
{
	static const long sizes[] = {1, 2, 15, 16, 17, 4095, 4096, 4097, 60000};
	long wrong = 0;

	nonblocking(s->w, true);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes) && !wrong; i++) {
		if (!resize(sizes[i]) || sys_get("asee_buf_size") != sizes[i])
			wrong = sizes[i];
		while (write(s->w, bytes, (size_t)sizes[i]) > 0 ||
		       write(s->w, "x", 1) > 0)
			;
		if (sys_get("asee_buf_count") != sizes[i])
			wrong = sizes[i];
		drain(s);
		nonblocking(s->w, true);
	}
	nonblocking(s->w, false);
	ktap_why("asked for %ld bytes", wrong);
	ktap_ok(!wrong, "%s: a size of n is room for n bytes", s->name);
}

static void refused(struct subject *s)
{
	bool good;

	resize(100);
	fill_with_pattern(s, 7, 50);
	good = sys_put("asee_buf_size", "49") == EBUSY;
	ktap_ok(good && sys_get("asee_buf_size") == 100,
		"%s: less than is queued is EBUSY", s->name);
	ktap_ok(resize(50) && pattern_comes(s, 7, 50),
		"%s: as much as is queued is taken", s->name);
}

static int write_more(void *arg)
{
	static char more[150];
	const struct subject *s = arg;

	return write(s->w, more, sizeof(more)) == sizeof(more) ? 0 : 1;
}

static void wakes(struct subject *s)
{
	pid_t pid;

	resize(100);
	pid = start(write_more, s);
	wait_asleep(pid, SYS_write);
	ktap_why("a larger ring has room: the writer has to be told");
	ktap_ok(resize(150) && ends_well(pid), "%s: more room wakes a writer", s->name);
	drain(s);
}

/* A write that was to go whole finds itself longer than the ring: it must not wait for
 * ever. */
static void shrinks_below(struct subject *s)
{
	bool good;
	pid_t pid;

	resize(200);
	fill_with_pattern(s, 0, 100);
	pid = start(write_more, s);
	wait_asleep(pid, SYS_write);
	good = resize(100) && pattern_comes(s, 0, 100);
	for (size_t got = 0; good && got < 150;) {
		ssize_t n = bytes_come(s) ? read(s->r, bytes, 100) : -1;

		good = n > 0;
		got += good ? (size_t)n : 0;
	}
	if (!good)
		kill(pid, SIGKILL);
	good = ends_well(pid) && good;
	ktap_ok(good, "%s: a write longer than a ring that shrank goes through", s->name);
	drain(s);
}

enum { TEAM = 3, MESSAGES = 2000 };

struct message {
	uint32_t writer, number, check;
};

struct shared {
	const struct subject *s;
	_Atomic int next, got, wrong;
	_Atomic uint64_t sum;
};

static int write_messages(void *arg)
{
	struct shared *sh = arg;
	uint32_t me = (uint32_t)sh->next++;

	for (uint32_t i = 0; i < MESSAGES; i++) {
		struct message m = {me, i, me * 77777 ^ i * 31};

		if (write(sh->s->w, &m, sizeof(m)) != sizeof(m))
			return 1;
	}
	return 0;
}

static int read_messages(void *arg)
{
	struct shared *sh = arg;
	struct message m;

	while (read(sh->s->r, &m, sizeof(m)) == sizeof(m)) {
		sh->wrong += m.check != (m.writer * 77777 ^ m.number * 31);
		sh->sum += m.number;
		sh->got++;
	}
	return 1;
}

/* Sizes down to that of one message, which then just goes whole. */
static void in_traffic(struct subject *s)
{
	struct shared *sh = shared_memory(sizeof(*sh));
	pid_t w[TEAM], r[TEAM];
	int taken = 0, bad = 0, last = -1, idle = 0;

	sh->s = s;
	resize(240);
	for (int i = 0; i < TEAM; i++) {
		r[i] = start(read_messages, sh);
		w[i] = start(write_messages, sh);
	}
	/* With pauses: what is refused is logged, and the log of a guest is slow. */
	for (unsigned int i = 0; sh->got < TEAM * MESSAGES && !sh->wrong; i++) {
		taken += resize(12 + 12 * (i * 7 % 50));
		pause_ms(i % 4 == 0);
		idle = sh->got == last ? idle + 1 : 0;
		last = sh->got;
		if (idle > 8000) /* two seconds of pauses: the rest is lost */
			break;
	}
	for (int i = 0; i < TEAM; i++) {
		if (sh->got < TEAM * MESSAGES)
			kill(w[i], SIGKILL);
		bad += ended(w[i]);
		kill(r[i], SIGKILL);
		ended(r[i]);
	}
	ktap_why("%d messages, %d of them damaged; resized %d times", sh->got, sh->wrong,
		 taken);
	ktap_ok(!bad && sh->got == TEAM * MESSAGES && !sh->wrong && taken &&
			sh->sum == (uint64_t)TEAM * MESSAGES * (MESSAGES - 1) / 2,
		"%s: nothing is lost in traffic either", s->name);
	drain(s);
}

static void checks(struct subject *s)
{
	keeps(s);
	exact(s);
	refused(s);
	wakes(s);
	shrinks_below(s);
	in_traffic(s);
}

int main(void)
{
	return with_each(checks, 7, false, NULL, 0);
}
