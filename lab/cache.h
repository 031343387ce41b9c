/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cache: one directory per kind (kernels, roots, templates, builds, facts, apt), one
 * entry per content-derived id below it. An entry is made in a staging directory and
 * becomes visible by one rename, so a reader sees all of it or nothing, also after kill
 * -9. The maker holds a lock on the staging directory, which the system drops when the
 * maker dies: a staging directory without a lock is what a killed run has left, and
 * lab_cache_sweep() deletes it.
 */
#ifndef KMLAB_LAB_CACHE_H
#define KMLAB_LAB_CACHE_H

#include "lab.h"

/** lab_cache_path - CACHE/KIND/ID (or CACHE/KIND with @id NULL), freed by the caller. */
char *lab_cache_path(const struct lab *lab, const char *kind, const char *id);

/** lab_cache_has - is the entry there? Also marks it used now (mtime), for eviction. */
bool lab_cache_has(struct lab *lab, const char *kind, const char *id);

/**
 * lab_cache_open - open a regular file for reading, by its absolute path. In the
 * directory of a build (CACHE/builds) it may be the work of hostile code: there no
 * symlink is followed. Return: a descriptor, or as below_file() in lib/below.h.
 */
int lab_cache_open(const struct lab *lab, const char *path);

/**
 * lab_cache_lock - exclusive lock on the making of one entry, across threads and
 * processes; waits, reporting progress. The caller looks again for the entry once it has
 * the lock. Return: a descriptor to close, -ECANCELED, or another -errno.
 */
int lab_cache_lock(struct lab *lab, const char *kind, const char *id);

struct lab_stage {
	char *dir; /* the staging directory; empty at first */
	int lock_fd;
	char *kind;
};

/** lab_stage_begin - a fresh staging directory on the same file system as the entries. */
int lab_stage_begin(struct lab *lab, const char *kind, struct lab_stage *ret);

/** lab_stage_publish - flush and rename to KIND/ID. A complete entry already there wins
 *  (the staged one is dropped, success). Ends the stage in every case. */
int lab_stage_publish(struct lab *lab, struct lab_stage *stage, const char *id);

/** lab_stage_abort - remove the staging directory. A finished stage is left alone. */
void lab_stage_abort(struct lab_stage *stage);

#define _cleanup_stage_ _cleanup_(lab_stage_abort)
#define LAB_STAGE_INIT                                                                   \
	{                                                                                \
		NULL, -1, NULL                                                           \
	}

/** lab_cache_remove - remove one entry (renamed away first, then deleted). */
int lab_cache_remove(struct lab *lab, const char *kind, const char *id);

/**
 * lab_cache_remove_prefix - remove the entries of @kind that were made from another
 * entry, such as a kernel's templates: those whose id is @prefix, a dash and a hash.
 * @prefix: the id of the other entry, whole. Ids of which it is only the beginning are
 * left alone: "debian-6.1.176-1" does not touch what belongs to "debian-6.1.176-10".
 * Return: 0, also when there is none; -errno with a sentence.
 */
int lab_cache_remove_prefix(struct lab *lab, const char *kind, const char *prefix);

/** lab_cache_sweep - delete what killed runs left: unlocked staging directories. */
int lab_cache_sweep(struct lab *lab);

/** lab_cache_key - 16 hex digits of a hash over NULL-terminated strings; freed by caller.
 */
char *lab_cache_key(const char *const *parts);

#endif
