// SPDX-License-Identifier: GPL-2.0-only
/* Positions: pread, pwrite, lseek. */
#include <errno.h>
#include <limits.h>

#include "hammer.h"

static const off_t offsets[] = {
	-100000,
	0,
	1,
	3,
	4095,
	4096,
	INT_MAX,
	1L << 31,
	1L << 32,
	1L << 40,
	LONG_MAX - 65536,
	LONG_MAX - 4096,
	LONG_MAX - 16,
	LONG_MAX,
	-1,
	-2,
	-4096,
	INT_MIN,
	-(1L << 40),
	LONG_MIN,
};

#define N_OFFSETS (sizeof(offsets) / sizeof(*offsets))

static void odd_pread(const struct target *t)
{
	static const size_t counts[] = {0, 1, 16, 5000};
	int fd = open_target(t, O_RDONLY);

	for (size_t i = 0; i < N_OFFSETS; i++)
		for (size_t j = 0; j < 4; j++) {
			struct slate s = slate_new(whole(), counts[j] + 64);
			long r = call_pread(fd, s.to, counts[j], offsets[i]);

			slate_judge(&s, counts[j], r);
			if (offsets[i] < 0 && r >= 0)
				blame_last(r, "there is nothing before the beginning");
		}
	call_close(fd);
}

/* Real files are spared: one byte at the far end makes them huge. */
static void odd_pwrite(const struct target *t)
{
	int fd = open_target(t, O_WRONLY);

	for (size_t i = 0; i < N_OFFSETS; i++) {
		long r;

		if (t->stored && offsets[i] > 65536)
			continue;
		r = call_pwrite(fd, whole(), 16, offsets[i]);
		if (offsets[i] < 0 && r >= 0)
			blame_last(r, "there is nothing before the beginning");
	}
	call_close(fd);
}

/*
 * An answer is an error, the position asked for, or, from files without positions, the
 * old one or 0. Whatever it is, the next question must get the same.
 */
static void check_seek(int fd, off_t to, int whence)
{
	long before = call_lseek(fd, 0, SEEK_CUR), r, after;
	struct call call;

	r = call_lseek(fd, to, whence);
	call = call_last();
	if (r < -4095) {
		blame_call(&call, r, "a negative position");
		return;
	}
	after = call_lseek(fd, 0, SEEK_CUR);
	if (before < 0 || after < 0) {
		if (before >= 0 || after < -4095)
			blame_call(&call, r,
				   "after this the position is no longer valid");
		return;
	}
	if (r < 0 && after != before)
		blame_call(&call, r, "but it moved the position");
	if (r >= 0 && after != r && after != 0)
		blame_call(&call, r, "but the position is another");
	if (r >= 0 && whence == SEEK_SET && r != to && r != before && r != 0)
		blame_call(&call, r, NULL);
}

static void seek(const struct target *t)
{
	int fd = open_target(t, t->how);

	for (int whence = 0; whence < 5; whence++)
		for (size_t i = 0; i < N_OFFSETS; i++) {
			check_seek(fd, offsets[i], whence);
			if (t->read)
				call_read(fd, whole(), 1 + chance_below(20));
			if (chance_below(2))
				check_seek(fd, chance_below(100), SEEK_SET);
		}
	for (int i = 0; i < 30; i++)
		check_seek(fd, (off_t)chance(), (int)chance_below(5));
	for (int i = 0; i < 3; i++) {
		static const int unknown[] = {5, -1, 1000};
		long r = call_lseek(fd, 0, unknown[i]);

		if (r != -EINVAL && r != -ESPIPE)
			blame_last(r, "there is no such way to count");
	}
	call_close(fd);
}

const struct promise position_promises[] = {
	{"pread at odd positions gives bytes, nothing, or an error", odd_pread,
	 NEED_READ},
	{"pwrite at odd positions takes bytes or gives an error", odd_pwrite, NEED_WRITE},
	{"lseek leads where it says, or leaves the position alone", seek, 0},
	{0},
};
