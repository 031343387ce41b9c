// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which bytes of its buffer did a read write? The buffer is filled with a pattern before,
 * and what no longer has the pattern was written.
 */
#include <stdio.h>

#include "hammer.h"

#define BEHIND	   256 /* bytes behind what is asked for that are looked at */
#define SURE	   8   /* so many bytes are not those of a pattern by chance */
#define NEARLY	   4
#define ROUNDS	   8
#define MOST_HOLES 4096

static bool untouched(const struct slate *s, size_t i, size_t n)
{
	return is_pattern((char *)s->to.at + i, n, s->number, i);
}

struct slate slate_new(struct place to, size_t size)
{
	struct slate s = {to, size, chance()};

	pattern(to.at, size, s.number);
	return s;
}

size_t slate_written(const struct slate *s, size_t from, size_t to)
{
	while (to > from && untouched(s, to - 1, 1))
		to--;
	return to - from;
}

/* The first run of bytes that were not written; @end is behind it. False: none. */
static bool find_gap(const struct slate *s, size_t n, size_t *begin, size_t *end)
{
	size_t run = n < SURE ? n : SURE;

	if (n < NEARLY)
		return false;
	for (size_t i = 0; i + run <= n; i++) {
		if (!untouched(s, i, run))
			continue;
		*begin = i;
		for (*end = i + run; *end < n && untouched(s, *end, 1);)
			(*end)++;
		return true;
	}
	return false;
}

void slate_judge(const struct slate *s, size_t n, long r)
{
	size_t given = r < 0 ? 0 : (size_t)r < n ? (size_t)r : n, begin, end;
	size_t written = slate_written(s, given, n);
	char why[100];

	if (slate_written(s, n, s->size))
		blame_last(r, "it wrote behind the bytes that were asked for");
	if (written) {
		snprintf(why, sizeof(why), "but it wrote %zu byte%s%s", written,
			 written == 1 ? "" : "s", given ? " more" : "");
		blame_last(r, why);
	}
	if (find_gap(s, given, &begin, &end)) {
		snprintf(why, sizeof(why), "but it did not write bytes %zu to %zu", begin,
			 end - 1);
		blame_last(r, why);
	}
}

long slate_read(int fd, size_t n)
{
	struct slate s = slate_new(whole(), n + BEHIND <= ROOM ? n + BEHIND : ROOM);
	long r = call_read(fd, s.to, n);

	slate_judge(&s, n, r);
	return r;
}

void slate_find_holes(const struct target *t, size_t n)
{
	unsigned char missed[MOST_HOLES] = {0};
	size_t least = n < MOST_HOLES ? n : MOST_HOLES;
	struct call call = {0};
	long r = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int fd = open_target(t, O_RDONLY);
		struct slate s = slate_new(whole(), n);

		r = call_read(fd, s.to, n);
		call = call_last();
		call_close(fd);
		if (r < 0 || (size_t)r < least)
			least = r < 0 ? 0 : (size_t)r;
		for (size_t i = 0; i < least; i++)
			missed[i] += untouched(&s, i, 1);
	}
	for (size_t i = 0; i < least; i++) {
		char why[80];

		if (missed[i] < ROUNDS)
			continue;
		snprintf(why, sizeof(why), "but it did not write byte %zu, %d times", i,
			 ROUNDS);
		blame_call(&call, r, why);
		return;
	}
}
