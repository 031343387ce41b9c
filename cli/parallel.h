/* SPDX-License-Identifier: GPL-2.0-only */
/* The same work for many items, on as many threads as the machine can carry. */
#ifndef KMLAB_CLI_PARALLEL_H
#define KMLAB_CLI_PARALLEL_H

#include "cmd.h"

/* Item @index, in a thread with its own @lab. */
typedef void (*parallel_fn)(struct lab *lab, size_t index, void *data);

/** parallel_limit - how many guests of @memory_mib fit beside each other: one per core,
 *  fewer when memory is short; @wanted (from --jobs) wins when it is not 0. */
size_t parallel_limit(unsigned int wanted, unsigned int memory_mib);

/** parallel_for - run @fn for 0..@n-1, at most @limit at once; returns when all ended. */
void parallel_for(struct cli *cli, size_t n, size_t limit, parallel_fn fn, void *data);

#endif
