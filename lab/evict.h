/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cache holds and what may go: builds and templates are made again when they are
 * wanted, so the least recently used ones go first. An entry's time of use is the
 * modification time of its directory, which lab_cache_has() sets. An entry may be removed
 * while a guest or a build uses it: files that they have open stay readable.
 */
#ifndef KMLAB_LAB_EVICT_H
#define KMLAB_LAB_EVICT_H

#include <time.h>

#include "lab.h"

struct lab_entry {
	char *kind;
	char *id;
	uint64_t size; /* bytes on disk */
	time_t used;   /* seconds since 1970 */
};

struct lab_entries {
	struct lab_entry *v;
	size_t n;
	uint64_t size; /* of all */
};

/** lab_entries_add - append the entries of one kind, with their sizes. */
void lab_entries_add(struct lab *lab, const char *kind, struct lab_entries *all);

/**
 * lab_entries_evictable - sort by last use and keep only what should go: what was not
 * used for @days, then the oldest until the rest fits into @max_bytes.
 */
void lab_entries_evictable(struct lab_entries *all, unsigned int days,
			   uint64_t max_bytes);

void lab_entries_deinit(struct lab_entries *all);

#define _cleanup_lab_entries_ _cleanup_(lab_entries_deinit)

/** lab_evict - drop what should go of one kind. 0 or -errno with a sentence. */
int lab_evict(struct lab *lab, const char *kind, unsigned int days, uint64_t max_bytes);

#endif
