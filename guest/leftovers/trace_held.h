/* SPDX-License-Identifier: GPL-2.0-only */
/* Watching what a module holds: memory and timers, noted as struct held. */
#ifndef KMLAB_GUEST_TRACE_HELD_H
#define KMLAB_GUEST_TRACE_HELD_H

#include "trace_state.h"

/** trace_watch_memory - attach to the allocators and to what frees. */
void trace_watch_memory(struct trace *t);

/** trace_watch_timers - attach to timers that start, stop and fire. */
void trace_watch_timers(struct trace *t);

/** trace_describe - fill in kind, size and words of @l: memory, @n allocations of @bytes
 *  in all. */
void trace_describe(uint64_t kind, uint64_t n, uint64_t bytes, struct leftover *l);

/** trace_each - for all that is noted in the map. */
typedef void (*held_fn)(void *data, uint64_t key, const struct held *h);
void trace_each(int map, held_fn fn, void *data);

#endif
