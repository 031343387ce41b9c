/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scope guards: a variable marked with one of these is released when it goes out of
 * scope, on every return path. Ownership leaves a scope through take_ptr/take_fd only.
 */
#ifndef KMLAB_LIB_CLEANUP_H
#define KMLAB_LIB_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))

/* Defines fn_cleanup(T *), which calls fn(*p) when *p is not NULL. */
#define DEFINE_CLEANUP(type, fn)                                                         \
	static inline void fn##_cleanup(type *p)                                         \
	{                                                                                \
		if (*p)                                                                  \
			fn(*p);                                                          \
	}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

/* Closes and keeps errno, so that it can run between a failure and its report. */
static inline void cleanup_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

DEFINE_CLEANUP(FILE *, fclose)
DEFINE_CLEANUP(DIR *, closedir)

#define _cleanup_free_	 _cleanup_(cleanup_free)
#define _cleanup_close_	 _cleanup_(cleanup_close)
#define _cleanup_fclose_ _cleanup_(fclose_cleanup)
#define _cleanup_dir_	 _cleanup_(closedir_cleanup)

/* The value of a guarded variable; the guard then finds nothing to release. */
#define take_ptr(p)                                                                      \
	({                                                                               \
		__typeof__(p) _taken = (p);                                              \
		(p) = NULL;                                                              \
		_taken;                                                                  \
	})

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif
