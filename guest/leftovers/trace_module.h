/* SPDX-License-Identifier: GPL-2.0-only */
/* Watching modules come and go: whose code is an address? */
#ifndef KMLAB_GUEST_TRACE_MODULE_H
#define KMLAB_GUEST_TRACE_MODULE_H

#include "trace_state.h"

/** trace_watch_modules - attach to the load and the end of modules. */
void trace_watch_modules(struct trace *t);

/** trace_read_gone - learn which modules are gone; trace_ours() knows them afterwards.
 *  Those of earlier calls stay known, as a module may come back to another place. */
void trace_read_gone(struct trace *t);

/** trace_ours - is @address code of a module of @ranges, or of one that was loaded since
 *  the last trace_clear() and is gone? */
bool trace_ours(const struct trace *t, const struct leftover_range *ranges,
		unsigned int n_ranges, uint64_t address);

/** trace_place - where @address is in a module that is gone; false: in none. The place of
 *  init code is taken by the next module that comes: of those that had the address it is
 *  the last one of the first @born. */
bool trace_place(const struct trace *t, uint64_t address, uint64_t born,
		 struct place *ret);

/* No module comes after what is born now. */
#define BORN_NOW UINT64_MAX

/** trace_gone - the memory that modules had that are gone, as trace_read_gone() has it,
 *  and whose each range was; without that of init functions, which is freed and used
 *  again earlier. How many ranges, at most @max. */
unsigned int trace_gone(const struct trace *t, struct proto_range *ret,
			const char *names[], unsigned int max);

#endif
