// SPDX-License-Identifier: GPL-2.0-only
/* A file with a fixed content: the same bytes come out whichever way they are read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hammer.h"

#define MOST	   (2u << 20) /* a file that gives more does not end */
#define MOST_CALLS 60000

bool content_read(int fd, size_t step, struct content *ret)
{
	long r = 0;

	*ret = (struct content){0};
	for (int i = 0; i < MOST_CALLS && ret->size < MOST; i++) {
		size_t n = step ? step : 1 + chance_below(100);

		ret->data = realloc(ret->data, ret->size + ROOM);
		if (!ret->data)
			_exit(1);
		r = call_read(fd, (struct place){"buf", ret->data + ret->size}, n);
		if (r <= 0)
			break;
		ret->size += (size_t)r;
	}
	if (r > 0)
		blame_last(r, "again and again: the file does not end");
	else if (r < 0)
		blame_last(r, "before the end of the file");
	return r == 0;
}

/* What everything is compared with; ends the process when there is nothing to compare. */
static struct content reference(const struct target *t)
{
	struct content c;
	int fd = open_target(t, O_RDONLY);

	if (!content_read(fd, ROOM, &c)) {
		close_gate();
		_exit(0);
	}
	call_close(fd);
	if (!c.size) {
		not_tried("the file is empty");
		_exit(0);
	}
	return c;
}

static void ends(const struct target *t)
{
	reference(t);
}

static void same(const struct content *got, const struct content *want, const char *how)
{
	size_t i = 0;

	while (i < got->size && i < want->size && got->data[i] == want->data[i])
		i++;
	if (i < got->size || i < want->size)
		blame("%s: %zu bytes instead of %zu, different from byte %zu on", how,
		      got->size, want->size, i);
}

static void small_reads(const struct target *t)
{
	static const size_t steps[] = {1, 2, 7, 0, 0, 100, 4095, 4096};
	static const char *const how[] = {"byte by byte",	  "2 bytes at a time",
					  "7 bytes at a time",	  "in odd pieces",
					  "in other odd pieces",  "100 bytes at a time",
					  "4095 bytes at a time", "4096 bytes at a time"};
	struct content want = reference(t), got;

	for (size_t i = 0; i < 8; i++) {
		int fd = open_target(t, O_RDONLY);

		if (want.size > 50000 && steps[i] && steps[i] < 100)
			continue;
		if (!content_read(fd, steps[i], &got))
			return;
		same(&got, &want, how[i]);
		free(got.data);
		call_close(fd);
	}
}

static void check_at(int fd, const struct content *want, size_t at, size_t n)
{
	long r = call_pread(fd, whole(), n, (off_t)at);

	if (r == -ESPIPE)
		return;
	if (r < 0 || (r == 0 && n && at < want->size))
		blame_last(r, "there are bytes");
	else if (r > 0 && (at + (size_t)r > want->size ||
			   memcmp(whole().at, want->data + at, (size_t)r)))
		blame_last(r, "not the bytes that are there");
}

static void preads(const struct target *t)
{
	struct content want = reference(t);
	int fd = open_target(t, O_RDONLY);

	if (call_pread(fd, whole(), 1, 0) == -ESPIPE) {
		not_tried("the file has no positions");
		return;
	}
	for (int i = 0; i < 100; i++)
		check_at(fd, &want, chance_below((unsigned int)want.size),
			 chance_below(300));
	for (size_t at = want.size; at-- > 0 && at + 40 > want.size;)
		check_at(fd, &want, at, 100);
	check_at(fd, &want, want.size, 100);
	check_at(fd, &want, want.size + 1000, 100);
	if (call_read(fd, whole(), 1) == 1 && *(char *)whole().at != want.data[0])
		blame("pread moved the position");
}

static void readvs(const struct target *t)
{
	struct content want = reference(t), got = {malloc(MOST + ROOM), 0};
	int fd = open_target(t, O_RDONLY);
	long r = 1;

	while (r > 0 && got.size < MOST && got.data) {
		char *at = got.data + got.size;
		struct iovec iov[4] = {{at, 1}, {NULL, 0}, {at + 1, 10}, {at + 11, 500}};

		r = call_readv(fd, "pieces of 1, 0, 10 and 500 bytes", iov, 4, 511);
		got.size += r > 0 ? (size_t)r : 0;
	}
	if (r < 0)
		blame_last(r, "before the end of the file");
	same(&got, &want, "by readv");
}

/* The two ends of a pipe, or the end of the process. */
static void make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		_exit(1);
}

static long by_sendfile(int fd, int to)
{
	return CALL("sendfile(pipe, fd, NULL, 3000)", 0, 0, SYS_sendfile, (long)to,
		    (long)fd, 0L, 3000L);
}

static long by_splice(int fd, int to)
{
	return CALL("splice(fd, NULL, pipe, NULL, 3000, 0)", 0, 0, SYS_splice, (long)fd,
		    0L, (long)to, 0L, 3000L);
}

/* Files may do without; those that can must tell the truth. */
static void through_pipe(const struct target *t, long (*way)(int fd, int to),
			 const char *how)
{
	struct content want = reference(t), got = {malloc(MOST + ROOM), 0};
	int fd = open_target(t, O_RDONLY), ends[2];
	long r = 1, n;

	make_pipe(ends);
	while (r > 0 && got.size < MOST && got.data) {
		r = way(fd, ends[1]);
		n = r > 0 ? read(ends[0], got.data + got.size, ROOM) : 0;
		got.size += n > 0 ? (size_t)n : 0;
		if (r > 0 && n != r)
			blame_last(r, "but the pipe got another number of bytes");
	}
	if (r == -EINVAL && !got.size)
		not_tried("the file does without");
	else if (r < 0)
		blame_last(r, "before the end of the file");
	else
		same(&got, &want, how);
}

static void sendfiles(const struct target *t)
{
	through_pipe(t, by_sendfile, "by sendfile");
}

static void splices(const struct target *t)
{
	through_pipe(t, by_splice, "by splice");
}

/* The classic mistake: one "already read" for all. */
static void two_readers(const struct target *t)
{
	struct content want = reference(t),
		       got[2] = {{malloc(ROOM), 0}, {malloc(ROOM), 0}};
	long fd[2], r[2] = {1, 1};

	for (int i = 0; i < 2; i++) {
		fd[i] = call_open(t, O_RDONLY | O_NONBLOCK);
		if (!got[i].data)
			_exit(1);
	}
	if (fd[1] == -EBUSY) {
		not_tried("only one at a time may open it");
		return;
	}
	if (want.size > ROOM)
		want.size = ROOM;
	for (int i = 0; r[0] > 0 || r[1] > 0; i ^= 1) {
		size_t n = 1 + chance_below(200), left = want.size - got[i].size;
		struct place to = {"buf", got[i].data + got[i].size};

		if (r[i] <= 0)
			continue;
		r[i] = call_read((int)fd[i], to, n < left ? n : left);
		got[i].size += r[i] > 0 ? (size_t)r[i] : 0;
	}
	same(&got[0], &want, "the first of two readers");
	same(&got[1], &want, "the second of two readers");
}

/* A child and its parent have one position between them. */
static void shared_position(const struct target *t)
{
	struct content want = reference(t);
	int fd = open_target(t, O_RDONLY);
	char *at = whole().at;
	pid_t pid;

	if (want.size < 3) {
		not_tried("the file has less than three bytes");
		return;
	}
	call_read(fd, whole(), 1);
	pid = fork_helper(1);
	if (pid == 0)
		_exit(call_read(fd, whole(), 1) != 1 || *at != want.data[1]);
	if (!helper_ended(pid))
		blame("the child did not read the second byte after its parent read the "
		      "first");
	if (call_read(fd, whole(), 1) != 1 || *at != want.data[2])
		blame("the parent did not read the third byte after its child read the "
		      "second");
}

static void rewind_reads(const struct target *t)
{
	struct content want = reference(t), got;
	int fd = open_target(t, O_RDONLY);
	long middle = (long)want.size / 2;

	call_read(fd, whole(), 1 + chance_below(20));
	if (call_lseek(fd, 1, SEEK_SET) != 1 || call_lseek(fd, 0, SEEK_SET) != 0) {
		not_tried("the file cannot be positioned");
		return;
	}
	if (!content_read(fd, ROOM, &got))
		return;
	same(&got, &want, "again from the beginning");
	if (call_lseek(fd, middle, SEEK_SET) != middle) {
		blame_last(middle, "not that position");
		return;
	}
	if (!content_read(fd, ROOM, &got))
		return;
	want.data += middle;
	want.size -= (size_t)middle;
	same(&got, &want, "from the middle on");
}

const struct promise stable_promises[] = {
	{"it can be read to its end", ends, NEED_READ | NEED_STABLE},
	{"small reads give the same bytes as one big read", small_reads,
	 NEED_READ | NEED_STABLE},
	{"pread gives the bytes that are at that position", preads,
	 NEED_READ | NEED_STABLE},
	{"readv gives the same bytes", readvs, NEED_READ | NEED_STABLE},
	{"sendfile gives the same bytes", sendfiles, NEED_READ | NEED_STABLE},
	{"splice gives the same bytes", splices, NEED_READ | NEED_STABLE},
	{"two who opened the file do not disturb each other", two_readers,
	 NEED_READ | NEED_STABLE},
	{"parent and child share one position", shared_position, NEED_READ | NEED_STABLE},
	{"lseek back and read gives the same bytes", rewind_reads,
	 NEED_READ | NEED_STABLE},
	{0},
};
