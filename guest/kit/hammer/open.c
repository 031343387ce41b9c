// SPDX-License-Identifier: GPL-2.0-only
/* Opening, closing, sharing an open file. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "hammer.h"

#define MANY 1024

/* ---- first of all ---- */

/* A file without a read or write method says so whatever is asked of it. */
static bool has_method(const struct target *t, int fd, bool reading)
{
	long r = reading ? call_read(fd, whole(), 0) : call_write(fd, whole(), 0);

	if (r == -EINVAL && reading)
		r = take_much(fd);
	if ((r == -EINVAL && reading) || r == -EIO) {
		if (t->must)
			blame_last(r, NULL);
		else
			not_tried("%s gives %s", reading ? "read" : "write",
				  errno_name(r));
		return false;
	}
	return true;
}

static void try_open(const struct target *t, bool reading)
{
	for (int i = 0; i < 2; i++) {
		long fd = call_open(t, (reading ? O_RDONLY : O_WRONLY) | O_NONBLOCK);

		if (fd < 0) {
			if (t->must)
				blame_last(fd, NULL);
			else
				not_tried("open gives %s", errno_name(fd));
			close_gate();
			return;
		}
		if (!has_method(t, (int)fd, reading))
			return;
		fd = call_close((int)fd);
		if (fd)
			blame_last(fd, NULL);
	}
}

static void opens_for_reading(const struct target *t)
{
	try_open(t, true);
}

static void opens_for_writing(const struct target *t)
{
	try_open(t, false);
}

/* ---- odd ways to open ---- */

static void wrong_direction(const struct target *t)
{
	long r;
	int fd;

	if (t->read) {
		fd = open_target(t, O_RDONLY);
		r = call_write(fd, whole(), 1);
		if (r != -EBADF)
			blame_last(r, "it was opened for reading only");
		call_close(fd);
	}
	if (t->write) {
		fd = open_target(t, O_WRONLY);
		r = call_read(fd, whole(), 1);
		if (r != -EBADF)
			blame_last(r, "it was opened for writing only");
		call_close(fd);
	}
}

static void refused_open(const struct target *t, int flags, long want)
{
	long r = call_open(t, flags | O_NONBLOCK);

	if (r != want)
		blame_last(r, NULL);
	if (r >= 0)
		call_close((int)r);
}

/* Allowed to fail; what opens must behave. */
static void odd_open(const struct target *t, int flags)
{
	long fd = call_open(t, flags | O_NONBLOCK);

	if (fd < 0)
		return;
	if ((flags & O_ACCMODE) == O_RDONLY || (flags & O_ACCMODE) == O_RDWR)
		call_read((int)fd, whole(), 512);
	if (flags & O_ACCMODE && t->write)
		call_write((int)fd, whole(), 1);
	fd = call_close((int)fd);
	if (fd)
		blame_last(fd, NULL);
}

static void odd_flags(const struct target *t)
{
	int truncate = t->write && !t->stored ? O_TRUNC : 0;
	long fd = call_open(t, O_PATH), r;

	if (fd < 0) {
		blame_last(fd, "O_PATH asks nobody");
	} else {
		r = call_read((int)fd, whole(), 1);
		if (r != -EBADF)
			blame_last(r, "O_PATH is only the name");
		call_close((int)fd);
	}
	refused_open(t, O_RDONLY | O_DIRECTORY, -ENOTDIR);
	refused_open(t, t->how | O_CREAT | O_EXCL, -EEXIST);
	odd_open(t, t->how | O_DIRECT);
	odd_open(t, t->how | O_SYNC);
	odd_open(t, t->how | O_ASYNC);
	odd_open(t, t->how | O_NOATIME);
	odd_open(t, t->how | O_CREAT);
	odd_open(t, t->how | (t->write ? O_APPEND : 0));
	odd_open(t, t->how | truncate);
	odd_open(t, (t->write ? O_WRONLY : O_RDONLY) | truncate);
	if (t->read && t->write)
		odd_open(t, O_RDWR);
}

/* ---- several descriptors of one open file ---- */

/* A few bytes out, or one in; what kind of answer is it? */
static bool works(const struct target *t, int fd)
{
	long r;

	*(char *)whole().at = '1';
	r = t->read ? call_read(fd, whole(), 64) : call_write(fd, whole(), 1);
	return r >= 0 || undecided(r);
}

static void duplicate(const struct target *t)
{
	int fd = open_target(t, t->how), copy = dup(fd);
	bool before = works(t, fd);
	long r = call_close(fd);

	if (r)
		blame_last(r, NULL);
	if (before && !works(t, copy))
		blame("after dup and close of the first descriptor, the second does not "
		      "work");
	fd = dup(copy);
	dup2(copy, fd);
	if (before && !works(t, fd))
		blame("after dup2, the descriptor does not work");
}

static void after_fork(const struct target *t)
{
	int fd = open_target(t, t->how);
	bool before = works(t, fd);

	for (int i = 0; i < 3; i++) {
		pid_t pid = fork_helper(1);

		if (pid == 0)
			_exit(before && !works(t, fd));
		if (!helper_ended(pid))
			blame("a child cannot use the file that its parent opened");
		if (before && !works(t, fd)) {
			blame("after a child has ended, its parent's open file does not "
			      "work");
			return;
		}
	}
}

/* Both at once, one of them closing in between. */
static void with_child(const struct target *t)
{
	int fd = open_target(t, t->how);
	bool before = works(t, fd);
	pid_t pid = fork_helper(1);

	for (int i = 0; i < 200; i++)
		works(t, fd);
	if (pid == 0) {
		call_close(fd);
		_exit(0);
	}
	if (!helper_ended(pid))
		blame("the child did not come to its end");
	if (before && !works(t, fd))
		blame("after its child closed it, the parent's open file does not work");
}

/* ---- many ---- */

static unsigned int open_many(const struct target *t, int *fds, long *r)
{
	struct rlimit limit;
	unsigned int n = 0;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max < MANY ? limit.rlim_max : MANY;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	while (n < MANY) {
		*r = call_open(t, t->how | O_NONBLOCK);
		if (*r < 0)
			break;
		fds[n++] = (int)*r;
	}
	return n;
}

static void many(const struct target *t)
{
	int *fds = malloc(MANY * sizeof(*fds));
	long r = 0, again;
	unsigned int n = 0;

	for (int round = 0; round < 3 && fds; round++) {
		n = open_many(t, fds, &r);
		if (!n)
			blame_last(r, "after all others were closed");
		for (unsigned int i = 0; i < n; i++) {
			again = call_close(fds[i]);
			if (again)
				blame_last(again, NULL);
		}
	}
	if (r != -EMFILE)
		remark("%u, then open gives %s", n, errno_name(r));
	again = call_open(t, t->how | O_NONBLOCK);
	if (again < 0)
		blame_last(again, "after all others were closed");
}

static void use_for_ever(const struct target *t)
{
	long fd = open_target(t, t->how);

	for (int i = 0; i < 20; i++)
		call_open(t, t->how | O_NONBLOCK);
	for (;;)
		works(t, (int)fd);
}

/* Killed with the file open many times, perhaps inside a call. */
static void killed(const struct target *t)
{
	int fd = open_target(t, t->how);
	bool before = works(t, fd);
	long r;

	call_close(fd);
	for (int i = 0; i < 5; i++) {
		pid_t pid = fork_helper(1);

		if (pid == 0)
			use_for_ever(t);
		usleep(2000 + chance_below(5000));
		kill(pid, SIGKILL);
		helper_ended(pid);
		lane_free(1);
	}
	r = call_open(t, t->how | O_NONBLOCK);
	if (r < 0)
		blame_last(r, "after those who had it open were killed");
	else if (before && !works(t, (int)r))
		blame("after those who had it open were killed, it does not work any "
		      "more");
}

const struct promise first_promises[] = {
	{"it opens for reading, and closes", opens_for_reading, NEED_READ | ONCE},
	{"it opens for writing, and closes", opens_for_writing, NEED_WRITE | ONCE},
	{0},
};

const struct promise open_promises[] = {
	{"who opened it for one direction does not get the other", wrong_direction, 0},
	{"odd flags are refused, or the open file behaves", odd_flags, 0},
	{"dup: one descriptor is closed, the other works", duplicate, 0},
	{"fork: the child uses the file, and its end does not close it", after_fork, 0},
	{"fork: parent and child use it at once", with_child, 0},
	{"many opens, all closed, then it opens again", many, 0},
	{"after SIGKILL to those who had it open, it works", killed, 0},
	{0},
};
