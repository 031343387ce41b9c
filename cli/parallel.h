/* SPDX-License-Identifier: GPL-2.0-only */
/* The same work for many items, on as many threads as the machine can carry. */
#ifndef KMLAB_CLI_PARALLEL_H
#define KMLAB_CLI_PARALLEL_H

#include "cmd.h"

/* Item @index, in a thread with its own @lab. */
typedef void (*parallel_fn)(struct lab *lab, size_t index, void *data);

/** parallel_cores - how many builds at a time. */
size_t parallel_cores(void);

/** parallel_guests - how many guests at a time, by their options: --jobs, else one for
 * each core, or where CPUs are emulated for as many cores as a guest has CPUs; fewer when
 *  memory is short. */
size_t parallel_guests(struct cli *cli);

/** parallel_for - run @fn for 0..@n-1, at most @limit at once; returns when all ended. */
void parallel_for(struct cli *cli, size_t n, size_t limit, parallel_fn fn, void *data);

#endif
