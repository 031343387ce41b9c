/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests in C share: asking /proc/footprint, and what judges it. */
#ifndef FOOTPRINT_TESTS_H
#define FOOTPRINT_TESTS_H

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "ktest.h"

#define PATH "/proc/footprint"
#define PAGE 4096l
#define HUGE (512 * PAGE)

struct sizes {
	long virtual, resident, hugetlb, zero, device, swapped; /* bytes */
};

static inline bool parse(const char *text, struct sizes *s)
{
	memset(s, 0, sizeof(*s));
	return sscanf(text,
		      "virtual %ld\nresident %ld\nhugetlb %ld\nzero %ld\ndevice "
		      "%ld\nswapped %ld\n",
		      &s->virtual, &s->resident, &s->hugetlb, &s->zero, &s->device,
		      &s->swapped) == 6;
}

/* 0 or the errno. @pid 0: without asking, so about this process. */
static inline int ask(int pid, struct sizes *s)
{
	char text[512];
	int fd = open(PATH, O_RDWR), err = 0;
	ssize_t n;

	if (fd < 0)
		return errno;
	n = snprintf(text, sizeof(text), "%d\n", pid);
	if (pid && write(fd, text, (size_t)n) != n)
		err = errno;
	n = err ? 0 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		err = errno;
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return err ? err : parse(text, s) ? 0 : EBADMSG;
}

/* A figure of /proc/PID/smaps_rollup, in bytes; -1: not there. */
static inline long rollup(int pid, const char *name)
{
	char path[64], line[256];
	long kib, found = -1;
	FILE *f;

	snprintf(path, sizeof(path),
		 pid ? "/proc/%d/smaps_rollup" : "/proc/self/smaps_rollup", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ':' &&
		    sscanf(line + strlen(name) + 1, "%ld", &kib) == 1)
			found = kib * 1024;
	if (f)
		fclose(f);
	return found;
}

/* The address space, as ps has it. */
static inline long vsize(int pid)
{
	char path[64], text[1024], *end;
	long size = -1;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -1;
	text[n] = 0;
	end = strrchr(text, ')');
	return end && sscanf(end + 1,
			     " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
			     "%*d %*d %*d %*d %*d %*d %*u %ld",
			     &size) == 1
		       ? size
		       : -1;
}

static inline char *map(long size, int flags)
{
	void *p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static inline bool swap_on(const char *size)
{
	put_text("/sys/block/zram0/reset", "1"); /* a test before may have used it */
	return put_text("/sys/block/zram0/disksize", size) &&
	       !system("mkswap /dev/zram0 >/dev/null && swapon /dev/zram0");
}

#endif
