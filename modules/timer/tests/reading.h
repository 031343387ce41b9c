/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of /proc/timer share: a reading, and between which times it must lie.
 *
 * The times before and after the calls are the judge. Whatever delays the machine puts
 * in, a right answer lies between them, so no check depends on speed.
 */
#ifndef TESTS_READING_H
#define TESTS_READING_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATH	  "/proc/timer"
#define SECOND	  1000000000LL
#define TEXT_SIZE 256

/* Two clocks that are one inside may be rounded differently at the last digit. */
#define ROUNDING 1000LL

/* A stretch of time: the event was neither before nor after it. Nanoseconds. */
struct within {
	int64_t from;
	int64_t to;
};

struct reading {
	int64_t current;
	int64_t elapsed;
	bool has_elapsed;
	struct within real; /* what the wall clock said around the reading */
	struct within mono; /* and the monotonic clock */
	char text[TEXT_SIZE];
};

static inline int64_t clock_now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static inline int clock_set(int64_t ns)
{
	struct timespec ts = {.tv_sec = ns / SECOND, .tv_nsec = ns % SECOND};

	return clock_settime(CLOCK_REALTIME, &ts);
}

static inline void sleep_ns(int64_t ns)
{
	struct timespec ts = {.tv_sec = ns / SECOND, .tv_nsec = ns % SECOND};

	nanosleep(&ts, NULL);
}

static inline bool is_within(int64_t t, struct within w)
{
	return w.from - ROUNDING <= t && t <= w.to + ROUNDING;
}

/* How long it may have been from something within @a to something within @b. */
static inline struct within span(struct within a, struct within b)
{
	struct within w = {.from = b.from - a.to, .to = b.to - a.from};

	return w;
}

/* Digits only, no sign, no space, no leading zero of a longer number. */
static inline const char *parse_digits(const char *s, int least, int most, int64_t *ret)
{
	int n = 0;

	for (*ret = 0; s[n] >= '0' && s[n] <= '9'; n++) {
		if (n == most)
			return NULL;
		*ret = *ret * 10 + (s[n] - '0');
	}
	if (n < least || (s[0] == '0' && n > 1 && least != most))
		return NULL;
	return s + n;
}

/* "WHAT: SEC.NNNNNNNNN\n", exactly. Returns what follows, NULL when it is anything else.
 */
static inline const char *parse_line(const char *s, const char *what, int64_t *ret)
{
	size_t len = strlen(what);
	int64_t sec, nsec;

	if (strncmp(s, what, len) || strncmp(s + len, ": ", 2))
		return NULL;
	s = parse_digits(s + len + 2, 1, 10, &sec);
	if (!s || *s != '.')
		return NULL;
	s = parse_digits(s + 1, 9, 9, &nsec);
	if (!s || *s != '\n')
		return NULL;
	*ret = sec * SECOND + nsec;
	return s + 1;
}

static inline bool reading_parse(struct reading *r)
{
	const char *s = parse_line(r->text, "current time", &r->current);

	if (!s)
		return false;
	r->has_elapsed = *s;
	if (*s)
		s = parse_line(s, "elapsed time", &r->elapsed);
	return s && !*s;
}

/* Reads on to the end, at most @piece bytes at once, into @text behind @have bytes. */
static inline bool read_rest(int fd, char *text, size_t have, size_t piece)
{
	ssize_t n;

	while (have < TEXT_SIZE - 1) {
		size_t room = TEXT_SIZE - 1 - have;

		n = read(fd, text + have, piece < room ? piece : room);
		if (n < 0)
			return false;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	text[have] = 0;
	return true;
}

static inline void reading_begin(struct reading *r)
{
	r->real.from = clock_now(CLOCK_REALTIME);
	r->mono.from = clock_now(CLOCK_MONOTONIC);
}

static inline void reading_end(struct reading *r)
{
	r->mono.to = clock_now(CLOCK_MONOTONIC);
	r->real.to = clock_now(CLOCK_REALTIME);
}

/*
 * What cat does: open, read to the end, close. The first read ends what belongs to the
 * reading: the rest is text that is there. False: it could not, or it is malformed.
 */
static inline bool reading_take(struct reading *r, size_t piece)
{
	ssize_t n = -1;
	bool good;
	int fd;

	memset(r->text, 0, sizeof(r->text));
	reading_begin(r);
	fd = open(PATH, O_RDONLY);
	if (fd >= 0)
		n = read(fd, r->text, piece < TEXT_SIZE ? piece : TEXT_SIZE - 1);
	reading_end(r);
	good = n > 0 && read_rest(fd, r->text, (size_t)n, piece);
	if (fd >= 0)
		close(fd);
	return good && reading_parse(r);
}

/* The elapsed time is that since @before; the wall clock is not looked at. */
static inline bool follows(const struct reading *before, const struct reading *r)
{
	return r->has_elapsed && is_within(r->elapsed, span(before->mono, r->mono));
}

#endif /* TESTS_READING_H */
