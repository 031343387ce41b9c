// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system calls, each noted (lane.c) before it is made. They are made without libc's
 * wrappers, which change odd arguments.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hammer.h"

/* -EFAULT as an unsigned int, then as a long: a mix of int and unsigned int does that. */
static bool was_error(long r)
{
	return r > UINT_MAX - 4096l && r <= UINT_MAX;
}

/* The kernel has error numbers that are never meant for users; they begin at 512. */
static long end(long r, size_t most)
{
	int err = errno;

	lane_end();
	if (r < 0 && r > -4096)
		r = -err;
	if (r < 0 && r > -4096 && err >= 512)
		blame_last(r, "a number that only the kernel knows, it is 512 or more");
	else if (was_error(r) && (size_t)r > most)
		blame_last(r, "this was an error number before it became unsigned");
	else if (r > 0 && (size_t)r > most)
		blame_last(r, "more than it was asked for");
	return r;
}

long call_open(const struct target *t, int flags)
{
	long r;

	lane_begin("open(path, %#lo)", NULL, flags, 0);
	r = syscall(SYS_openat, AT_FDCWD, t->path, flags | O_CLOEXEC | O_NOCTTY, 0);
	return end(r, INT_MAX);
}

long call_close(int fd)
{
	lane_begin("close(fd)", NULL, 0, 0);
	return end(syscall(SYS_close, fd), 0);
}

long call_read(int fd, struct place to, size_t n)
{
	lane_begin("read(fd, %s, %ld)", to.name, (long)n, 0);
	return end(syscall(SYS_read, fd, to.at, n), n);
}

long call_write(int fd, struct place from, size_t n)
{
	lane_begin("write(fd, %s, %ld)", from.name, (long)n, 0);
	return end(syscall(SYS_write, fd, from.at, n), n);
}

long call_pread(int fd, struct place to, size_t n, off_t at)
{
	lane_begin("pread(fd, %s, %ld, %ld)", to.name, (long)n, at);
	return end(syscall(SYS_pread64, fd, to.at, n, at), n);
}

long call_pwrite(int fd, struct place from, size_t n, off_t at)
{
	lane_begin("pwrite(fd, %s, %ld, %ld)", from.name, (long)n, at);
	return end(syscall(SYS_pwrite64, fd, from.at, n, at), n);
}

long call_readv(int fd, const char *what, const struct iovec *iov, long n, size_t room)
{
	lane_begin("readv(fd, %s, %ld)", what, n, 0);
	return end(syscall(SYS_readv, fd, iov, n), room);
}

long call_writev(int fd, const char *what, const struct iovec *iov, long n, size_t room)
{
	lane_begin("writev(fd, %s, %ld)", what, n, 0);
	return end(syscall(SYS_writev, fd, iov, n), room);
}

long call_lseek(int fd, off_t to, int whence)
{
	static const char *const names[] = {
		"lseek(fd, %ld, SEEK_SET)",  "lseek(fd, %ld, SEEK_CUR)",
		"lseek(fd, %ld, SEEK_END)",  "lseek(fd, %ld, SEEK_DATA)",
		"lseek(fd, %ld, SEEK_HOLE)",
	};
	bool known = whence >= 0 && whence < 5;

	lane_begin(known ? names[whence] : "lseek(fd, %ld, %ld)", NULL, to, whence);
	return end(syscall(SYS_lseek, fd, to, whence), SIZE_MAX);
}

long call_ioctl(int fd, unsigned long number, struct place arg)
{
	lane_begin("ioctl(fd, %2$#lx, %1$s)", arg.name, (long)number, 0);
	return end(syscall(SYS_ioctl, fd, number, arg.at), SIZE_MAX);
}

long call_other(const char *name, long a, long b, long number, ...)
{
	long arg[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	lane_begin(name, NULL, a, b);
	return end(syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]),
		   SIZE_MAX);
}

/* ---- telling ---- */

static const struct {
	int number;
	const char *name;
} names[] = {
	{EPERM, "EPERM"},	    {ENOENT, "ENOENT"},
	{EINTR, "EINTR"},	    {EIO, "EIO"},
	{ENXIO, "ENXIO"},	    {E2BIG, "E2BIG"},
	{EBADF, "EBADF"},	    {ECHILD, "ECHILD"},
	{EAGAIN, "EAGAIN"},	    {ENOMEM, "ENOMEM"},
	{EACCES, "EACCES"},	    {EFAULT, "EFAULT"},
	{EBUSY, "EBUSY"},	    {EEXIST, "EEXIST"},
	{ENODEV, "ENODEV"},	    {EINVAL, "EINVAL"},
	{ENFILE, "ENFILE"},	    {EMFILE, "EMFILE"},
	{ENOTTY, "ENOTTY"},	    {EFBIG, "EFBIG"},
	{ENOSPC, "ENOSPC"},	    {ESPIPE, "ESPIPE"},
	{EROFS, "EROFS"},	    {EPIPE, "EPIPE"},
	{ERANGE, "ERANGE"},	    {ENOSYS, "ENOSYS"},
	{ENODATA, "ENODATA"},	    {EPROTO, "EPROTO"},
	{EOVERFLOW, "EOVERFLOW"},   {EMSGSIZE, "EMSGSIZE"},
	{EOPNOTSUPP, "EOPNOTSUPP"}, {512, "ERESTARTSYS"},
	{513, "ERESTARTNOINTR"},    {514, "ERESTARTNOHAND"},
	{515, "ENOIOCTLCMD"},	    {517, "EPROBE_DEFER"},
	{524, "ENOTSUPP"},
};

const char *errno_name(long result)
{
	static __thread char other[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].number == -result)
			return names[i].name;
	snprintf(other, sizeof(other), "error %ld", -result);
	return other;
}

void blame_call(const struct call *call, long result, const char *why)
{
	char text[160], answer[64];

	call_text(call, text, sizeof(text));
	if (result < 0 && result > -4096)
		snprintf(answer, sizeof(answer), "gave %s", errno_name(result));
	else
		snprintf(answer, sizeof(answer), "returned %ld", result);
	blame("%s %s%s%s", text, answer, why ? ": " : "", why ? why : "");
}

void blame_last(long result, const char *why)
{
	struct call call = call_last();

	blame_call(&call, result, why);
}

bool undecided(long result)
{
	return result == -EAGAIN || result == -EINTR;
}

/* ---- opening ---- */

void set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

/* What was written may be what is read: a pipe, a queue, a mailbox. */
static void feed(const struct target *t, int fd)
{
	static const char text[] = "Something to read, in case it is kept.\n";
	long other;

	if (!t->read || !t->write || t->stored)
		return;
	other = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR
			? fd
			: call_open(t, O_WRONLY | O_NONBLOCK);
	if (other < 0)
		return;
	call_write((int)other, (struct place){"text", (void *)(uintptr_t)text},
		   sizeof(text) - 1);
	if (other != fd)
		call_close((int)other);
}

/* What is full takes nothing: read it empty before a promise about writing. */
static void make_room(const struct target *t)
{
	long fd, r = 1;

	if (!t->read || !t->write || t->stored)
		return;
	fd = call_open(t, O_RDONLY | O_NONBLOCK);
	for (int i = 0; i < 100 && fd >= 0 && r > 0; i++)
		r = take_much((int)fd);
	if (fd >= 0)
		call_close((int)fd);
}

int open_target(const struct target *t, int flags)
{
	long fd = call_open(t, flags | O_NONBLOCK);

	if (fd < 0) {
		blame_last(fd, "it could be opened before");
		_exit(1);
	}
	if ((flags & O_ACCMODE) == O_WRONLY)
		make_room(t);
	else
		feed(t, (int)fd);
	return (int)fd;
}

#define MOST (2l << 20) /* no queue is that long, and an emulated CPU is slow */

bool until_again(int fd, long (*use)(int fd))
{
	long r = 1, sum = 0;

	for (int i = 0; i < 20000 && r > 0 && sum < MOST; i++) {
		r = use(fd);
		sum += r;
	}
	return r == -EAGAIN;
}

long take_much(int fd)
{
	return call_read(fd, whole(), ROOM);
}

long give_much(int fd)
{
	return call_write(fd, whole(), 4096);
}
