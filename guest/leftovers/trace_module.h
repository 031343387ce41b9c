/* SPDX-License-Identifier: GPL-2.0-only */
/* Watching modules come and go: whose code is an address? */
#ifndef KMLAB_GUEST_TRACE_MODULE_H
#define KMLAB_GUEST_TRACE_MODULE_H

#include "trace_state.h"

/** trace_watch_modules - attach to the load and the end of modules. */
void trace_watch_modules(struct trace *t);

/** trace_read_gone - learn which modules are gone; trace_ours() knows them afterwards. */
void trace_read_gone(struct trace *t);

/** trace_ours - is @address code of a module of @ranges, or of one that was loaded since
 *  the last trace_clear() and is gone? */
bool trace_ours(const struct trace *t, const struct leftover_range *ranges,
		unsigned int n_ranges, uint64_t address);

#endif
