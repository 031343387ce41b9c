/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel log as /dev/kmsg gives it: one record a read, byte by byte as it was
 * printed. */
#ifndef TESTS_KLOG_H
#define TESTS_KLOG_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What every line of the document's format begins and ends with. */
#define CALL_HEAD "ioctl: call to IOCTL_TEST ("
#define CALL_TAIL ")!"

/* klog_open - a reader that begins with the next record, or -1. */
static inline int klog_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/*
 * "level,number,time,flags;text\n" and lines about the device after it. The kernel writes
 * bytes that are no printable ASCII, and backslashes, as \xNN; here they come back.
 */
static inline size_t klog_text(char *record)
{
	char *from = strchr(record, ';'), *to = record;
	unsigned int byte;

	if (!from)
		return 0;
	for (from++; *from && *from != '\n'; from++) {
		if (sscanf(from, "\\x%2x", &byte) == 1) {
			*to++ = (char)byte;
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
	return (size_t)(to - record);
}

/* klog_next - the next record; its length, or -1 when there is none. May contain NUL. */
static inline ssize_t klog_next(int fd, char *text, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, text, size - 1);
	} while (n < 0 && errno == EPIPE); /* overrun: go on with the oldest there is */
	if (n < 0)
		return -1;
	text[n] = 0;
	return (ssize_t)klog_text(text);
}

/* klog_call - the next record that shows a call, or -1; @args becomes what follows '('.
 */
static inline ssize_t klog_call(int fd, char *args, size_t size)
{
	const size_t head = strlen(CALL_HEAD);
	char text[8192];
	ssize_t n;

	while ((n = klog_next(fd, text, sizeof(text))) >= 0) {
		char *at = memmem(text, (size_t)n, CALL_HEAD, head);
		size_t len;

		if (!at)
			continue;
		len = (size_t)(text + n - (at + head));
		if (len >= size)
			len = size - 1;
		memcpy(args, at + head, len);
		args[len] = 0;
		return (ssize_t)len;
	}
	return -1;
}

/* klog_calls - how many such records there are; reads them all. */
static inline int klog_calls(int fd)
{
	char args[256];
	int n = 0;

	while (klog_call(fd, args, sizeof(args)) >= 0)
		n++;
	return n;
}

#endif /* TESTS_KLOG_H */
