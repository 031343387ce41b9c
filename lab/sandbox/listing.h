/* SPDX-License-Identifier: GPL-2.0-only */
/* The names in an open directory, without allocating. */
#ifndef KMLAB_LAB_SANDBOX_LISTING_H
#define KMLAB_LAB_SANDBOX_LISTING_H

#include <stdint.h>

struct listing {
	int fd;	    /* set by the caller, with n and at 0; closed by the caller */
	long n, at; /* bytes in buf */
	char buf[32768] __attribute__((aligned(8)));
};

/** listing_next - a name, without "." and "..", valid until the next call; or NULL. */
const char *listing_next(struct listing *l);

#endif
