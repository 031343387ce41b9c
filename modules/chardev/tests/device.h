/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of /dev/chardev share. */
#ifndef TESTS_DEVICE_H
#define TESTS_DEVICE_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KMODULE "chardev"
#include "kmodule.h"
#include "ktest.h"

#define DEVICE "/dev/chardev"

enum { TEXT_MAX = 4096 }; /* no message is that long */

/*
 * read_all - everything up to the end, asking for @piece bytes each time. The length, -1
 * for an error, -2 when there is no end to it. @text has TEXT_MAX bytes and gets a NUL.
 */
static inline int read_all(int fd, char *text, size_t piece)
{
	size_t len = 0;

	for (;;) {
		size_t room = TEXT_MAX - 1 - len;
		ssize_t n = read(fd, text + len, piece < room ? piece : room);

		if (n < 0)
			return -1;
		if (!n)
			break;
		len += (size_t)n;
		if (len >= TEXT_MAX - 1)
			return -2;
	}
	text[len] = 0;
	return (int)len;
}

/* number_in - the first number of the message, -1 when it has none. */
static inline long long number_in(const char *text)
{
	text += strcspn(text, "0123456789");
	return *text ? strtoll(text, NULL, 10) : -1;
}

/* visit - open, read, close: the number in the message, -1 when anything failed. */
static inline long long visit(void)
{
	char text[TEXT_MAX];
	int fd = open(DEVICE, O_RDONLY), len;

	if (fd < 0)
		return -1;
	len = read_all(fd, text, sizeof(text));
	close(fd);
	return len < 0 ? -1 : number_in(text);
}

#endif /* TESTS_DEVICE_H */
