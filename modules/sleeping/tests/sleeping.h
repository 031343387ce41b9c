/* SPDX-License-Identifier: GPL-2.0-only */
/* What the C tests of this module share: the device, its two counts, and waiting for
 * other tasks without waiting for ever. */
#ifndef SLEEPING_TESTS_H
#define SLEEPING_TESTS_H

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "ktest.h"

#define DEVICE "/dev/sleeping"
#define COUNTS "/sys/class/misc/sleeping/"

/* What takes longer than this never happens. */
#define FOR_EVER_MS 10000

/* The number in COUNTS/@name, or -1. */
static inline long count_of(const char *name)
{
	char path[128], text[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), COUNTS "%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	return atol(text);
}

/* Waits until @n tasks sleep in the device. */
static inline bool wait_sleepers(long n)
{
	long end = now_ms() + FOR_EVER_MS;

	while (count_of("sleepers") != n) {
		if (now_ms() > end)
			return false;
		sched_yield();
	}
	return true;
}

/* Waits until *@value is at least @n. */
static inline bool wait_value(const int *value, int n)
{
	long end = now_ms() + FOR_EVER_MS;

	for (int i = 0; __atomic_load_n(value, __ATOMIC_ACQUIRE) < n; i++) {
		if (i % 16 == 15 && now_ms() > end)
			return false;
		if (i > 1000)
			sched_yield();
	}
	return true;
}

/* One wake-up. Returns what write() did. */
static inline ssize_t wake(void)
{
	int fd = open(DEVICE, O_WRONLY);
	ssize_t n = write(fd, "\n", 1);

	close(fd);
	return n;
}

/*
 * Sleeps in the open file, from its beginning whatever its position. Returns the number
 * of the wake-up, or -1 with errno; a line that is no number gives -2.
 */
static inline long sleep_in(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	char *end;
	long number;

	if (n < 0)
		return -1;
	text[n] = '\0';
	number = strtol(text, &end, 10);
	return n > 1 && !strcmp(end, "\n") ? number : -2;
}

/*
 * Waits for a child, as long as there is *@patience (in pauses of a millisecond, not by
 * the clock, which runs on while the machine lets nobody work). Returns its exit status,
 * 128 + N when signal N ended it, or -1 when it hangs: then it is woken until it ends, so
 * that the test can go on.
 */
static inline int end_within(pid_t child, int *patience)
{
	bool hangs = false;
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (--*patience < 0) {
			hangs = true;
			kill(child, SIGKILL);
			wake();
		}
		pause_ms(1);
	}
	if (hangs)
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static inline int end_of(pid_t child)
{
	int patience = FOR_EVER_MS;

	return end_within(child, &patience);
}

#endif
