/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's API for modules changes with its releases, and a compiler says only that
 * something does not fit. These tables know which change it was, in which release, and
 * what is written since then; and the other way round for a source that is newer than the
 * kernel it is built for. A change that came after that kernel is never named.
 *
 * Releases are those of Linus' tree. Where a name was there beside its replacement for
 * some releases, both are noted: when the new one came, and when the old one was gone.
 * Much of this is in long-term kernels too by now (timer_delete() in 6.1.158); there is
 * no complaint about it there, so nothing is said.
 */
#ifndef KMLAB_LAB_API_CHANGE_H
#define KMLAB_LAB_API_CHANGE_H

#include "complaint.h"

/* 2.6.39 is API_RELEASE(2, 39). */
#define API_RELEASE(major, minor) ((major) << 8 | (minor))

/** api_release - of "6.12.118-amd64" and the like; 0 when @release is nothing of the
 * kind, or NULL. */
unsigned int api_release(const char *release);

/*
 * A mark says how a complaint is recognised: "KIND SUBJECT".
 *	call NAME	a function, macro or type that is unknown, or not exported
 *	struct NAME	a struct that is unknown
 *	header NAME	a header that is not there
 *	args NAME	wrong number of arguments of NAME()
 *	pass NAME TYPE	an argument of NAME() is, or should be, of TYPE
 *	member S.F	struct S has no member F
 *	const NAME	NAME is written, but const
 *	line NAME	anything about a line that uses NAME; for macros that are gone
 *	text TEXT	the compiler says just this
 *	wants TEXT	a function pointer must have TEXT in its type
 *	gives TEXT	a function pointer must not have TEXT in its type
 */
enum { API_MARKS = 4 };

struct api_change {
	unsigned int gone; /* since this release the old way does not compile */
	unsigned int came; /* since this release the new way compiles; 0: as gone */

	const char *old[API_MARKS]; /* complaints about the old way, from @gone on */
	const char *since;	    /* what is so since @gone */

	const char *new[API_MARKS]; /* complaints about the new way, before @came */
	const char *before;	    /* what is so before @came, or NULL */

	/* A function pointer in a struct: its name and its type, in both ways. Sufficient
	 * without marks. */
	const char *field, *was, *is;
};

/* Ended by one with gone == 0. */
extern const struct api_change api_core[], api_driver[], api_time[], api_fs[], api_mm[],
	api_net[], api_block[];

/** api_change_count - how many changes are known. */
size_t api_change_count(void);

/**
 * api_change_find - the change behind a complaint.
 * @release: of the kernel built for, as in uname -r.
 * Return: "since 6.4 class_create() takes the name only: ...", freed by the caller; NULL:
 * none that we know.
 */
char *api_change_find(const struct complaint *c, const char *release);

#endif
