/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the attacks out of a build share. Each tries its ways, says which got through, and
 * ends with 0 when one did. config.h comes from tests/cli/51-hostile-build.t: where the
 * victims are.
 */
#ifndef ATTACK_H
#define ATTACK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"

static int ways, through;

/* One way was tried: did it get through? */
#define way(ok, ...)                                                                     \
	do {                                                                             \
		ways++;                                                                  \
		if (ok) {                                                                \
			through++;                                                       \
			printf("got through by " __VA_ARGS__);                           \
			puts("");                                                        \
			fflush(stdout);                                                  \
		}                                                                        \
	} while (0)

/* The last line tells the test that all was tried. */
static inline int attack_done(void)
{
	printf("tried %d ways\n", ways);
	return through ? 0 : 1;
}

/* Can @path be opened, and (for reading) is there anything in it? */
static inline bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC, 0644);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

#endif
