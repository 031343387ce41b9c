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
#include <time.h>
#include <unistd.h>

#include "ktap.h"
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

static inline void pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

/* State and parent of a process as /proc has them; state 0: there is none. */
static inline char proc_state(pid_t pid, int *parent)
{
	char path[64], text[512], *end, state = 0;
	ssize_t n;
	int fd;

	*parent = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	end = strrchr(text, ')');
	if (end)
		sscanf(end + 1, " %c %d", &state, parent);
	return state;
}

static inline int parent_of(pid_t pid)
{
	int parent;

	return proc_state(pid, &parent) ? parent : 0;
}

static inline bool state_becomes(pid_t pid, char state)
{
	int parent;

	for (int ms = 0; ms < 5000; ms++) {
		if (proc_state(pid, &parent) == state)
			return true;
		pause_ms(1);
	}
	return false;
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

static inline void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static inline void *shared_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		    0);
}

#endif
