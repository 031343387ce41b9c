/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unpacking Debian packages without root and without dpkg: two at a time, leaving out
 * what no build and no guest reads. Only for packages that apt has checked.
 */
#ifndef KMLAB_LAB_KERNEL_DEB_H
#define KMLAB_LAB_KERNEL_DEB_H

#include "../lab.h"

enum deb_layout {
	DEB_KERNEL, /* boot/, lib/modules/, usr/src/ (with linux-kbuild inside) */
	DEB_ROOT,   /* etc/, usr/; bin, sbin and lib merged into usr */
};

struct deb_job {
	const char *file; /* the package */
	const char *dir;  /* where to; exists */
	enum deb_layout layout;
	uint64_t size; /* of @file, for progress and order */
};

/** deb_unpack - all of them; sorts @jobs. Errors name the package. */
int deb_unpack(struct lab *lab, struct deb_job *jobs, size_t n, const char *what);

/** deb_map - where a path of a package goes; NULL: left out. Freed by the caller. */
char *deb_map(enum deb_layout layout, const char *path);

#endif
