/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What C tests in a guest do again and again: wait, watch and end processes, put a word
 * into a file. ktap.h reports the results; kmodule.h loads and unloads modules.
 *
 * With _GNU_SOURCE before the first header there is run_on_cpu(), too. Nothing here
 * allocates or keeps anything, and all of it may be called from any thread.
 */
#ifndef GUEST_KTEST_H
#define GUEST_KTEST_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* now_ms - a clock that nobody sets. */
static inline long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* pause_ms - sleep so long; a signal is handled, and does not make it shorter. */
static inline void pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

#ifdef _GNU_SOURCE
/* run_on_cpu - this thread, on the CPU of that number, counted round those there are: so
 * that neighbours in a row of threads are on different CPUs. */
static inline void run_on_cpu(long cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)(cpu % sysconf(_SC_NPROCESSORS_ONLN)), &set);
	sched_setaffinity(0, sizeof(set), &set);
}
#endif

/* state_of - the letter of a task's state in /proc/PID/stat, 0 when there is no such
 * task. @parent: becomes the pid of its parent, 0 for none; NULL: not wanted. */
static inline char state_of(pid_t pid, int *parent)
{
	char path[64], text[512], state = 0, *end;
	int fd, ignored;
	ssize_t n = -1;

	if (!parent)
		parent = &ignored;
	*parent = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1); /* not a line: a name may end one */
	close(fd);
	text[n > 0 ? n : 0] = 0;
	end = strrchr(text, ')');
	if (end)
		sscanf(end + 1, " %c %d", &state, parent);
	return state;
}

/* state_becomes - wait for it, five seconds at most. */
static inline bool state_becomes(pid_t pid, char state)
{
	for (int ms = 0; ms < 5000; ms++) {
		if (state_of(pid, NULL) == state)
			return true;
		pause_ms(1);
	}
	return false;
}

/* end - kill a child, and wait until it is gone. */
static inline void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* shared_memory - memory that processes share with those they fork, zeroed. */
static inline void *shared_memory(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		    0);
}

/* put_text - write it to a file that is there, in one call. */
static inline bool put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return good;
}

#endif /* GUEST_KTEST_H */
