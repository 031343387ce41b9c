// SPDX-License-Identifier: GPL-2.0-only
/* What write() and writev() promise. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "hammer.h"

/* A word, a number, or no text at all. */
static void fill(struct place at, size_t n)
{
	char *c = at.at;

	switch (chance_below(3)) {
	case 0:
		pattern(c, n, chance());
		break;
	case 1:
		memset(c, '0' + (int)chance_below(10), n);
		break;
	default:
		memset(c, 'a' + (int)chance_below(26), n);
	}
	if (n > 1 && chance_below(2))
		c[n - 1] = '\n';
}

static void zero_at_once(int fd)
{
	long r = -EINTR;

	set_nonblock(fd, false);
	nudge(100);
	for (int i = 0; i < 3 && r == -EINTR; i++)
		r = call_write(fd, whole(), 0);
	nudge(3000);
	set_nonblock(fd, true);
	if (r == -EINTR)
		blame_last(r, "it waited although it had nothing to write");
	else if (r > 0 || r == -EFAULT)
		blame_last(r, NULL);
}

static void zero_write(const struct target *t)
{
	int fd = open_target(t, O_WRONLY);
	long r = call_write(fd, whole(), 0);

	if (r > 0 || r == -EFAULT)
		blame_last(r, NULL);
	zero_at_once(fd);
	memset(whole().at, '1', 4096);
	if (!t->stored && until_again(fd, give_much))
		zero_at_once(fd);
}

static void counted_write(const struct target *t)
{
	for (int i = 0; i < 60; i++) {
		size_t n = i % 3 ? 1 + chance_below(100) : 1 + chance_below(ROOM);
		int fd = open_target(t, i % 5 ? O_WRONLY : O_WRONLY | O_APPEND);
		long r;

		fill(whole(), n);
		r = call_write(fd, whole(), n);
		if (r == 0)
			blame_last(r,
				   "who writes until everything is written never ends");
		if (r == -EFAULT)
			blame_last(r, "the pointer was good");
		call_close(fd);
	}
}

/* Is there any text that it takes? Then it must look at the pointers. */
static bool takes_text(const struct target *t)
{
	static const char *const texts[] = {"1\n", "0\n", "hammer\n", "16\n"};
	bool takes = false;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && !takes; i++) {
		int fd = open_target(t, O_WRONLY);
		struct place text = {"text", (void *)(uintptr_t)texts[i]};

		takes = call_write(fd, text, strlen(texts[i])) > 0;
		call_close(fd);
	}
	return takes;
}

/* Is @r the right answer to a write that cannot be done? Counts those that say why. */
static void judge_bad(long r, bool user_space, unsigned int *faults)
{
	if (r >= 0)
		blame_last(r, NULL);
	if (r == -EFAULT && user_space)
		(*faults)++;
}

static void bad_pointer_write(const struct target *t)
{
	static const size_t counts[] = {1, 2, 16, 4096, 100000};
	unsigned int faults = 0;

	if (t->indifferent) {
		not_tried("it never looks at what is written");
		return;
	}
	for (unsigned int i = 0; i < n_bad_places; i++)
		for (size_t j = 0; j < 5 && !bad_place(i).readable; j++) {
			int fd = open_target(t, O_WRONLY);
			struct place bad = bad_place(i).place;

			judge_bad(call_write(fd, bad, counts[j]), bad.at < whole().at,
				  &faults);
			call_close(fd);
		}
	if (!takes_text(t))
		not_tried("no text was found that it takes");
	else if (!faults)
		blame("it takes good text, and fails for bad pointers, but never with "
		      "EFAULT");
}

static void short_source(const struct target *t)
{
	static const size_t rooms[] = {1, 2, 7, 64, 500, 4095};

	for (size_t i = 0; i < 6 && !t->indifferent; i++)
		for (size_t more = 1; more <= 65536; more *= 256) {
			int fd = open_target(t, O_WRONLY);
			long r;

			fill(tail(rooms[i]), rooms[i]);
			r = call_write(fd, tail(rooms[i]), rooms[i] + more);
			if (r > (long)rooms[i])
				blame("%zu byte%s of memory, and write(fd, it, %zu) "
				      "returned %ld",
				      rooms[i], i ? "s" : "", rooms[i] + more, r);
			call_close(fd);
		}
	if (t->indifferent)
		not_tried("it never looks at what is written");
}

static void huge_write(const struct target *t)
{
	static const size_t counts[] = {INT_MAX,	  (size_t)INT_MAX + 1, UINT_MAX,
					SSIZE_MAX - 4095, SSIZE_MAX,	       SIZE_MAX};

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		int fd = open_target(t, O_WRONLY);
		long r;

		fill(tail(500), 500);
		r = call_write(fd, tail(500), counts[i]);
		if (r > 500 && !t->indifferent)
			blame_last(r, "the buffer had 500 bytes");
		call_close(fd);
	}
}

static void refused_iov(int fd, const char *what, const struct iovec *iov, long n,
			long want)
{
	long r = call_writev(fd, what, iov, n, 0);

	/* Where the file has no write at all, newer kernels say so first. */
	if (r != want && r != -EINVAL)
		blame_last(r, NULL);
}

static void vector_write(const struct target *t)
{
	struct iovec good = {whole().at, 4}, negative = {whole().at, SIZE_MAX};
	int fd = open_target(t, O_WRONLY);

	refused_iov(fd, "NULL", NULL, 1, -EFAULT);
	refused_iov(fd, "one piece", &good, -1, -EINVAL);
	refused_iov(fd, "one piece", &good, 1025, -EINVAL);
	refused_iov(fd, "a piece of negative size", &negative, 1, -EINVAL);
	call_close(fd);
	for (unsigned int i = 0; i < n_bad_places; i++) {
		struct iovec iov[4] = {
			good, {NULL, 0}, {bad_place(i).place.at, 16}, good};

		fd = open_target(t, O_WRONLY);
		fill(whole(), 4);
		if (!bad_place(i).readable)
			call_writev(fd, "4 good bytes and 16 bad ones", iov, 4,
				    t->indifferent ? 24 : 4);
		call_close(fd);
	}
}

const struct promise writing_promises[] = {
	{"a zero-length write writes nothing", zero_write, NEED_WRITE},
	{"a write takes some of the bytes, never more than given, or says why not",
	 counted_write, NEED_WRITE},
	{"a write from a bad pointer fails", bad_pointer_write, NEED_WRITE},
	{"a write from a buffer that ends early takes no more than there is",
	 short_source, NEED_WRITE},
	{"a write with a huge count takes no more than there is", huge_write, NEED_WRITE},
	{"writev takes its pieces in order and checks each of them", vector_write,
	 NEED_WRITE},
	{0},
};
