/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KTAP version 1 for C tests that run inside a guest; the sister of ktap.sh.
 *
 *	#include "ktap.h"
 *
 *	int main(void)
 *	{
 *		ktap_plan(2);
 *		ktap_ok(access("/proc/x", F_OK) == 0, "the file is there");
 *		ktap_why("a read of nothing copies nothing and cannot fail");
 *		ktap_ok(read(fd, buf, 0) == 0, "a zero-length read returns 0");
 *		return ktap_end();
 *	}
 *
 * Every check prints one result at once, so that nothing is lost when the machine dies in
 * the next line, and goes on. Nothing stays in a buffer: a child may exit() or _exit().
 * Call all of this from the main thread of the process that called ktap_plan(): the
 * counters are plain variables. A test is one file: the state belongs to the source file
 * that includes this.
 */
#ifndef GUEST_KTAP_H
#define GUEST_KTAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	int planned;
	int ran;
	int failed;
	char why[1024]; /* for the next check; empty: nothing to say */
} ktap;

/* Each line of the text behind "# ", so that no reader takes it for a result. */
static inline void ktap_comment(const char *text)
{
	while (*text) {
		int line = (int)strcspn(text, "\n");

		printf("# %.*s\n", line, text);
		text += line;
		text += *text == '\n';
	}
	fflush(stdout);
}

/*
 * One result. A line break in a name would end it, a '#' would begin a directive: both
 * become harmless.
 */
static inline void ktap_result(bool good, const char *fmt, va_list args, const char *skip)
{
	char name[512];

	vsnprintf(name, sizeof(name), fmt, args);
	for (char *c = name; *c; c++) {
		if (*c == '\n')
			*c = ' ';
		else if (*c == '#')
			*c = '.';
	}
	printf("%sok %d %s", good ? "" : "not ", ++ktap.ran, name);
	printf(skip ? " # SKIP %s\n" : "\n", skip);
	fflush(stdout);
}

/* ktap_plan - say how many checks follow. First of all. */
static inline void ktap_plan(int n)
{
	ktap.planned = n;
	printf("KTAP version 1\n1..%d\n", n);
	fflush(stdout);
}

/* ktap_diag - a comment for the reader, printed now; may have several lines. */
__attribute__((format(printf, 1, 2))) static inline void ktap_diag(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ktap_comment(text);
}

/*
 * ktap_why - what was expected and what usually goes wrong here, for the next check:
 * printed when it fails, forgotten when it passes. The last call before a check counts.
 */
__attribute__((format(printf, 1, 2))) static inline void ktap_why(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(ktap.why, sizeof(ktap.why), fmt, args);
	va_end(args);
}

/*
 * ktap_ok - one check, named by a sentence about what is expected. Returns what it was
 * given, so that it can be the condition of an if. errno is left alone.
 */
__attribute__((format(printf, 2, 3))) static inline bool ktap_ok(bool good,
								 const char *fmt, ...)
{
	int err = errno;
	va_list args;

	va_start(args, fmt);
	ktap_result(good, fmt, args, NULL);
	va_end(args);
	if (!good) {
		ktap.failed++;
		ktap_comment(ktap.why);
	}
	ktap.why[0] = 0;
	errno = err;
	return good;
}

/* ktap_skip - a check that cannot be made here, why not, and its name. */
__attribute__((format(printf, 2, 3))) static inline void ktap_skip(const char *why,
								   const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	ktap_result(true, fmt, args, why);
	va_end(args);
	ktap.why[0] = 0;
}

/*
 * ktap_end - the status for main() to return: EXIT_FAILURE when a check failed, or when
 * fewer or more of them ran than planned.
 */
static inline int ktap_end(void)
{
	if (ktap.ran != ktap.planned) {
		ktap_diag("planned %d checks, ran %d", ktap.planned, ktap.ran);
		return EXIT_FAILURE;
	}
	return ktap.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif /* GUEST_KTAP_H */
