// SPDX-License-Identifier: GPL-2.0-only
/* mmap, and calls that are meant for other kinds of files. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hammer.h"

/* ---- mmap ---- */

static sigjmp_buf back;
static volatile sig_atomic_t fault;

static void on_fault(int number)
{
	fault = number;
	siglongjmp(back, 1);
}

static void catch_faults(void)
{
	struct sigaction action = {.sa_handler = on_fault};

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

/*
 * SIGBUS is the answer behind the end of a file, and files in /proc may be empty;
 * otherwise what mmap gave must be there.
 */
static void touch(const struct target *t, volatile char *at, bool change,
		  const struct call *call)
{
	fault = 0;
	if (!sigsetjmp(back, 1)) {
		char c = *at;

		if (change)
			*at = c;
	}
	if (fault == SIGSEGV || (fault && !S_ISREG(t->mode)))
		blame_call(call, (long)at, "but there is no memory at that address");
}

static void map(const struct target *t, int prot, int flags, size_t size)
{
	int fd = open_target(t, prot & PROT_WRITE && flags == MAP_SHARED ? O_RDWR
									 : O_RDONLY);
	long r = CALL("mmap(NULL, %ld, %ld, ...)", (long)size, prot, SYS_mmap, 0L,
		      (long)size, (long)prot, (long)flags, (long)fd, 0L);
	struct call call = call_last();
	pid_t pid;

	call_close(fd);
	if (r < 0)
		return;
	for (size_t at = 0; at < size; at += 4096)
		touch(t, (char *)r + at, prot & PROT_WRITE, &call);
	pid = fork_helper(1);
	if (pid == 0) {
		touch(t, (char *)r, prot & PROT_WRITE, &call);
		_exit(0);
	}
	helper_ended(pid);
	touch(t, (char *)r + size - 1, prot & PROT_WRITE, &call);
	munmap((void *)r, size);
}

static void maps(const struct target *t)
{
	if (t->how == O_WRONLY) {
		not_tried("it cannot be opened for reading");
		return;
	}
	catch_faults();
	map(t, PROT_READ, MAP_PRIVATE, 4096);
	map(t, PROT_READ, MAP_SHARED, 4096);
	map(t, PROT_READ, MAP_SHARED, ROOM);
	map(t, PROT_READ | PROT_WRITE, MAP_PRIVATE, 4096);
	if (t->how == O_RDWR && !t->stored)
		map(t, PROT_READ | PROT_WRITE, MAP_SHARED, 8192);
}

/* ---- calls for other kinds ---- */

static void must_fail(const char *name, long want, long r)
{
	if (r != want)
		blame("%s %s %s; it is neither a directory nor a socket", name,
		      r < 0 ? "gave" : "succeeded", r < 0 ? errno_name(r) : "");
}

static void other_kinds(int fd)
{
	long f = fd, buf = (long)whole().at;

	must_fail("getdents64(fd, buf, 1000)", -ENOTDIR,
		  CALL("getdents64", 0, 0, SYS_getdents64, f, buf, 1000L));
	must_fail("fchdir(fd)", -ENOTDIR, CALL("fchdir", 0, 0, SYS_fchdir, f));
	must_fail("openat(fd, \"x\")", -ENOTDIR,
		  CALL("openat", 0, 0, SYS_openat, f, (long)"x", 0L));
	must_fail("listen(fd)", -ENOTSOCK, CALL("listen", 0, 0, SYS_listen, f, 1L));
}

/* May fail, must not do more. */
static void whatever(const struct target *t, int fd)
{
	long f = fd, buf = (long)whole().at;

	CALL("fsync(fd)", 0, 0, SYS_fsync, f);
	CALL("fdatasync(fd)", 0, 0, SYS_fdatasync, f);
	CALL("flock(fd, LOCK_EX | LOCK_NB)", 0, 0, SYS_flock, f,
	     (long)(LOCK_EX | LOCK_NB));
	CALL("flock(fd, LOCK_UN)", 0, 0, SYS_flock, f, (long)LOCK_UN);
	CALL("fstat(fd, buf)", 0, 0, SYS_fstat, f, buf);
	CALL("fstatfs(fd, buf)", 0, 0, SYS_fstatfs, f, buf);
	CALL("fgetxattr(fd, \"user.x\", buf, 100)", 0, 0, SYS_fgetxattr, f,
	     (long)"user.x", buf, 100L);
	CALL("flistxattr(fd, buf, 100)", 0, 0, SYS_flistxattr, f, buf, 100L);
	CALL("readahead(fd, 0, 100)", 0, 0, SYS_readahead, f, 0L, 100L);
	CALL("fadvise(fd, 0, 0, 4)", 0, 0, SYS_fadvise64, f, 0L, 0L, 4L);
	CALL("fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK)", 0, 0, SYS_fcntl, f,
	     (long)F_SETFL, (long)(O_ASYNC | O_NONBLOCK));
	CALL("fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK)", 0, 0, SYS_fcntl, f,
	     (long)F_SETFL, (long)(O_APPEND | O_NONBLOCK));
	CALL("fcntl(fd, F_SETFL, O_DIRECT | O_NONBLOCK)", 0, 0, SYS_fcntl, f,
	     (long)F_SETFL, (long)(O_DIRECT | O_NONBLOCK));
	CALL("fcntl(fd, 12345, 0)", 0, 0, SYS_fcntl, f, 12345L);
	if (t->write && !t->stored) {
		CALL("ftruncate(fd, 0)", 0, 0, SYS_ftruncate, f, 0L);
		CALL("ftruncate(fd, -1)", 0, 0, SYS_ftruncate, f, -1L);
		CALL("fallocate(fd, 0, 0, 100)", 0, 0, SYS_fallocate, f, 0L, 0L, 100L);
	}
}

static void flags_of_preadv2(int fd)
{
	struct iovec one = {whole().at, 16};

	for (int bit = 0; bit < 32; bit++) {
		long r = CALL("preadv2(fd, one piece of 16, 1, 0, %#lx)", 1L << bit, 0,
			      SYS_preadv2, (long)fd, (long)&one, 1L, 0L, 0L, 1L << bit);

		if (r > 16)
			blame_last(r, "more than it was asked for");
	}
}

static void others(const struct target *t)
{
	int fd = open_target(t, t->how);

	other_kinds(fd);
	whatever(t, fd);
	if (t->read)
		flags_of_preadv2(fd);
	call_close(fd);
	if (t->write) {
		fd = open_target(t, O_WRONLY);
		whatever(t, fd);
	}
}

const struct promise other_promises[] = {
	{"mmap is refused, or gives memory", maps, 0},
	{"calls for other kinds of files are refused, or work", others, 0},
	{0},
};
