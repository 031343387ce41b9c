/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests in C share: the device, /proc, and families. */
#ifndef ADOPT_TESTS_H
#define ADOPT_TESTS_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "ktest.h"
#include "uapi/adopt.h"

#define DEVICE "/dev/adopt"

static int device;

/* 0 or the errno. */
static inline int adopt(pid_t pid)
{
	__s32 number = pid;

	return ioctl(device, ADOPT_ADOPT, &number) ? errno : 0;
}

static inline int watch(pid_t pid, int signal)
{
	struct adopt_watch w = {pid, signal};

	return ioctl(device, ADOPT_WATCH, &w) ? errno : 0;
}

static inline int parent_of(pid_t pid)
{
	int parent;

	return state_of(pid, &parent) ? parent : 0;
}

/* What a soldier does. */
static inline void sleep_on(int unused)
{
	(void)unused;
	for (;;)
		pause();
}

static inline void leave(int status)
{
	_exit(status);
}

/* The child of a child: @middle stays, and is a parent that does not wait. */
static inline pid_t grandchild(void (*fn)(int), int arg, pid_t *middle)
{
	int ends[2];
	pid_t pid = 0;

	if (pipe(ends))
		return -1;
	*middle = fork();
	if (!*middle) {
		pid = fork();
		if (!pid) {
			close(ends[0]);
			close(ends[1]);
			fn(arg);
		}
		(void)!write(ends[1], &pid, sizeof(pid));
		for (;;)
			pause();
	}
	(void)!read(ends[0], &pid, sizeof(pid));
	close(ends[0]);
	close(ends[1]);
	return pid;
}

#endif
