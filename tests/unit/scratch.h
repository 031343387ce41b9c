/* SPDX-License-Identifier: GPL-2.0-only */
/* A scratch directory with files that tests put there. */
#ifndef KMLAB_TEST_SCRATCH_H
#define KMLAB_TEST_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs.h"

static char *scratch;

static inline char *in_scratch(const char *name)
{
	return xprintf("%s/%s", scratch, name);
}

/* Writes SCRATCH/NAME and makes its parents. */
static inline void put(const char *name, const char *text)
{
	_cleanup_free_ char *path = in_scratch(name);
	char *slash = strrchr(path, '/');

	*slash = '\0';
	fs_mkdir_p(path, 0755);
	*slash = '/';
	if (fs_write_file(path, text, strlen(text), 0644) < 0)
		printf("Bail out! cannot write %s\n", path);
}

static inline bool there(const char *name)
{
	_cleanup_free_ char *path = in_scratch(name);

	return fs_exists(path);
}

#endif
