/* SPDX-License-Identifier: GPL-2.0-only */
/* What the processes of a sandbox have: memory, time, numbers. In the warden only. */
#ifndef KMLAB_LAB_SANDBOX_CENSUS_H
#define KMLAB_LAB_SANDBOX_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "listing.h"

/* All processes at one moment, without the warden. */
struct census {
	uint64_t processes; /* with threads */
	uint64_t memory;    /* bytes: own, shared without a file, swapped */
	uint64_t pipes;	    /* bytes, at most */
	uint64_t cpu;	    /* clock ticks, with children that are gone */
	bool busy;	    /* one runs, or waits for the disk */
};

/** census_take - into @c, which is all zeros; no more than a few over @most processes. */
void census_take(struct census *c, uint64_t most);

/** too_much_memory - have they more than @most bytes? @shared: what shared_memory() was
 *  before they began. */
bool too_much_memory(const struct census *c, uint64_t most, uint64_t shared);

/** shared_memory - bytes of all memory of this machine that is shared or in a tmpfs. */
uint64_t shared_memory(void);

/** maps_deleted_file - has the process mapped a file without a name? @proc: /proc. */
bool maps_deleted_file(int proc, const char *pid);

/** open_proc, next_process - the numbers of all processes but the warden (@own: and of
 *  it); the directory is closed behind the last. */
bool open_proc(struct listing *l);
const char *next_process(struct listing *l, bool own);

#endif
