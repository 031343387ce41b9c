/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the C tests of this suite share: one file, messages in and out. Nothing here waits
 * for a file that never ends: every loop has its bound.
 */
#ifndef PROC_HELLO_TESTS_FILE_H
#define PROC_HELLO_TESTS_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "ktap.h"

#define PROC_FILE   "/proc/hello"
#define MESSAGE_MAX 100 /* the document's */
#define ROOM	    (4 * MESSAGE_MAX)

/* What was read, and more room than any message needs. */
struct bytes {
	ssize_t len; /* or -1 with errno */
	char text[ROOM];
};

/* What was seen, for whoever reads why the next check failed. */
static char seen[512];

__attribute__((format(printf, 1, 2))) static inline void saw(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(seen, sizeof(seen), fmt, args);
	va_end(args);
}

/* One check: what is expected, and what usually goes wrong when it is not so. */
static inline bool check(bool good, const char *name, const char *why)
{
	ktap_why("%s%s%s", why, *why && *seen ? "\n" : "", seen);
	seen[0] = 0;
	return ktap_ok(good, "%s", name);
}

static inline int file_open(int flags)
{
	int fd = open(PROC_FILE, flags | O_CLOEXEC);

	if (fd < 0) {
		ktap_diag("cannot open " PROC_FILE ": %s", strerror(errno));
		exit(EXIT_FAILURE);
	}
	return fd;
}

/* Reads on to the end in pieces of @piece bytes, behind what is there already. */
static inline void bytes_read(struct bytes *b, int fd, size_t piece)
{
	while (b->len >= 0 && b->len < ROOM) {
		size_t room = ROOM - b->len;
		ssize_t n = read(fd, b->text + b->len, piece < room ? piece : room);

		if (n < 0)
			b->len = -1;
		if (n <= 0)
			return;
		b->len += n;
	}
}

/* All of it, by a reader of its own. */
static inline struct bytes file_get(size_t piece)
{
	struct bytes b = {0};
	int fd = file_open(O_RDONLY);

	bytes_read(&b, fd, piece);
	close(fd);
	return b;
}

/* One message, by a writer of its own; what write(2) returned. */
static inline ssize_t file_put(const void *text, size_t len)
{
	int fd = file_open(O_WRONLY), err;
	ssize_t n = write(fd, text, len);

	err = errno;
	close(fd);
	errno = err;
	return n;
}

static inline bool bytes_are(const struct bytes *b, const void *text, size_t len)
{
	return b->len == (ssize_t)len && !memcmp(b->text, text, len);
}

/* The file holds exactly this. */
static inline bool file_has(const void *text, size_t len)
{
	struct bytes b = file_get(ROOM);

	return bytes_are(&b, text, len);
}

static inline bool file_says(const char *text)
{
	return file_has(text, strlen(text));
}

#endif /* PROC_HELLO_TESTS_FILE_H */
