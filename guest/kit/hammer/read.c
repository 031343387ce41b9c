// SPDX-License-Identifier: GPL-2.0-only
/* What read() and readv() promise. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "hammer.h"

static const size_t sizes[] = {1,    2,	   3,	 7,    8,     16,	 63,
			       64,   100,  500,	 511,  512,   513,	 999,
			       4095, 4096, 4097, 8192, 50000, ROOM - 256};

#define N_SIZES (sizeof(sizes) / sizeof(*sizes))

/* Without O_NONBLOCK, whether there is something to read or not. */
static void zero_at_once(int fd)
{
	long r = -EINTR;

	set_nonblock(fd, false);
	nudge(100);
	for (int i = 0; i < 3 && r == -EINTR; i++)
		r = call_read(fd, whole(), 0);
	nudge(3000);
	set_nonblock(fd, true);
	if (r == -EINTR)
		blame_last(r, "it waited for data that nobody asked for");
	else if (r != 0)
		blame_last(r, NULL);
}

/* The manual allows to look for errors first, and EAGAIN is one; waiting is not. */
static void zero_read(const struct target *t)
{
	int fd = open_target(t, O_RDONLY);
	long r = slate_read(fd, 0);

	if (r != 0 && r != -EAGAIN)
		blame_last(r, NULL);
	zero_at_once(fd);
	until_again(fd, take_much);
	zero_at_once(fd);
}

static void counted_read(const struct target *t)
{
	static const size_t typical[] = {16, 64, 300, 4096};
	int fd;

	for (size_t i = 0; i < N_SIZES; i++) {
		fd = open_target(t, O_RDONLY);
		slate_read(fd, sizes[i]);
		slate_read(fd, 1 + chance_below(5000));
		call_close(fd);
	}
	fd = open_target(t, O_RDONLY);
	for (int i = 0; i < 30; i++)
		slate_read(fd, 1 + chance_below(300));
	call_close(fd);
	for (size_t i = 0; i < sizeof(typical) / sizeof(*typical) && !blamed(); i++)
		slate_find_holes(t, typical[i]);
}

/* What a good read gives right after: tells whether there was something to read at all.
 */
static long good_read(int fd)
{
	return call_read(fd, whole(), 64);
}

/* Returns whether there was something to read. */
static bool bad_read(const struct target *t, struct place bad, size_t n)
{
	int fd = open_target(t, O_RDONLY);
	long r = call_read(fd, bad, n), good;
	struct call call = call_last();

	if (r > 0) {
		blame_call(&call, r, NULL);
		return true;
	}
	good = good_read(fd);
	if (good > 0 && r != -EFAULT && !undecided(r))
		blame_call(&call, r, "there was something to read");
	call_close(fd);
	return good > 0;
}

static void bad_pointer_read(const struct target *t)
{
	static const size_t counts[] = {1, 16, 4096, 100000};
	bool any = false;

	for (unsigned int i = 0; i < n_bad_places; i++)
		for (size_t j = 0; j < 4; j++)
			any |= bad_read(t, bad_place(i).place, counts[j]);
	if (!any)
		not_tried("nothing to read at this time");
}

/* Asks for @n bytes where only @room have their place. */
static bool tail_read(const struct target *t, size_t room, size_t n)
{
	int fd = open_target(t, O_RDONLY);
	uint64_t number = chance();
	long r, good;
	struct call call;

	pattern(tail(room).at, room, number);
	r = call_read(fd, tail(room), n);
	call = call_last();
	if (r > 0 && (size_t)r > room)
		blame("%zu byte%s of memory, and read(fd, it, %zu) returned %ld", room,
		      room == 1 ? "" : "s", n, r);
	else if (r >= 8 &&
		 is_pattern((char *)tail(room).at + r - 8, 8, number, (size_t)r - 8))
		blame_call(&call, r, "but the last of these bytes were not written");
	good = good_read(fd);
	if (good > 0 && r <= 0 && r != -EFAULT && !undecided(r))
		blame_call(&call, r, "there was something to read");
	call_close(fd);
	return good > 0 || r > 0;
}

static void short_buffer(const struct target *t)
{
	static const size_t rooms[] = {1, 2, 7, 64, 500, 4095, 5000};
	bool any = false;

	for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++) {
		any |= tail_read(t, rooms[i], rooms[i] + 1);
		any |= tail_read(t, rooms[i], rooms[i] + 4096);
		any |= tail_read(t, rooms[i], rooms[i] + 65536);
	}
	if (!any)
		not_tried("nothing to read at this time");
}

static void huge_read(const struct target *t)
{
	static const size_t counts[] = {INT_MAX,	  (size_t)INT_MAX + 1, UINT_MAX,
					SSIZE_MAX - 4095, SSIZE_MAX,	       SIZE_MAX};

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		int fd = open_target(t, O_RDONLY);
		long r = call_read(fd, tail(ROOM), counts[i]);

		if (r > ROOM)
			blame_last(r, "the buffer had 65536 bytes");
		r = call_pread(fd, tail(ROOM), counts[i], 1);
		if (r > ROOM)
			blame_last(r, "the buffer had 65536 bytes");
		call_close(fd);
	}
}

/* ---- readv ---- */

#define PIECES 8
#define APART  2500 /* bytes from piece to piece */

static void piecewise(const struct target *t)
{
	static const size_t lengths[PIECES] = {1, 0, 3, 100, 0, 7, 2000, 1};
	struct slate s = slate_new(whole(), PIECES * APART);
	struct iovec iov[PIECES];
	size_t sum = 0, left;
	int fd = open_target(t, O_RDONLY);
	long r;

	for (int i = 0; i < PIECES; i++) {
		iov[i] = (struct iovec){(char *)s.to.at + APART * i, lengths[i]};
		sum += lengths[i];
	}
	r = call_readv(fd, "pieces of different sizes", iov, PIECES, sum);
	left = r < 0 ? 0 : (size_t)r;
	for (size_t i = 0; i < PIECES; i++) {
		size_t given = left < lengths[i] ? left : lengths[i];

		left -= given;
		if (slate_written(&s, APART * i + given, APART * i + lengths[i]))
			blame_last(r, "but it wrote more bytes");
		if (slate_written(&s, APART * i + lengths[i], APART * (i + 1)))
			blame_last(r, "it wrote behind a piece");
	}
	call_close(fd);
}

static void refused_iov(int fd, const char *what, const struct iovec *iov, long n,
			long want)
{
	long r = call_readv(fd, what, iov, n, 0);

	if (r != want)
		blame_last(r, NULL);
}

static void vector_read(const struct target *t)
{
	struct iovec good = {whole().at, 4}, negative = {whole().at, SIZE_MAX};
	int fd = open_target(t, O_RDONLY);

	refused_iov(fd, "NULL", NULL, 1, -EFAULT);
	refused_iov(fd, "one piece", &good, -1, -EINVAL);
	refused_iov(fd, "one piece", &good, 1025, -EINVAL);
	refused_iov(fd, "one piece", &good, 0, 0);
	refused_iov(fd, "a piece of negative size", &negative, 1, -EINVAL);
	call_close(fd);
	piecewise(t);
	for (unsigned int i = 0; i < n_bad_places; i++) {
		struct iovec iov[2] = {good, {bad_place(i).place.at, 16}};

		fd = open_target(t, O_RDONLY);
		call_readv(fd, "4 good bytes and 16 bad ones", iov, 2, 4);
		call_close(fd);
	}
}

const struct promise reading_promises[] = {
	{"a zero-length read returns 0 at once", zero_read, NEED_READ},
	{"a read gives and writes as many bytes as it says, never more than asked for",
	 counted_read, NEED_READ},
	{"a read into a bad pointer gives EFAULT", bad_pointer_read, NEED_READ},
	{"a read into a buffer that ends early gives what fits, or EFAULT", short_buffer,
	 NEED_READ},
	{"a read with a huge count gives no more than there is room for", huge_read,
	 NEED_READ},
	{"readv fills its pieces and checks each of them", vector_read, NEED_READ},
	{0},
};
