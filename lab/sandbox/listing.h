/* SPDX-License-Identifier: GPL-2.0-only */
/* The names in a directory, without allocating. */
#ifndef KMLAB_LAB_SANDBOX_LISTING_H
#define KMLAB_LAB_SANDBOX_LISTING_H

#include <stdbool.h>

struct listing {
	int fd;	    /* of the directory; -1: closed */
	long n, at; /* bytes in buf */
	char buf[32768] __attribute__((aligned(8)));
};

/** listing_open - of the directory @path below @dir; no symlink. Where it fails there is
 *  nothing to close. */
bool listing_open(struct listing *l, int dir, const char *path);
void listing_close(struct listing *l);

/** listing_next - a name, without "." and "..", valid until the next call; or NULL. */
const char *listing_next(struct listing *l);

#endif
