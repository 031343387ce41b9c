/* SPDX-License-Identifier: GPL-2.0-only */
/* What a build has written below its writable directory. In the warden only. */
#ifndef KMLAB_LAB_SANDBOX_DISK_H
#define KMLAB_LAB_SANDBOX_DISK_H

#include "internal.h"

struct disk_watch {
	int fd; /* of the directory that keeps it, or -1: nothing is watched */
	uint64_t left,
		files; /* bytes and files free on its disk, the most that there were */
	uint64_t rounds;
};

/** disk_begin - before the command begins. */
void disk_begin(struct disk_watch *w, int fd);

/** disk_check - LIMIT_DISK: it has more than @most bytes; LIMIT_SPACE: the disk itself is
 *  all but full. */
enum sandbox_limit disk_check(struct disk_watch *w, uint64_t most);

#endif
