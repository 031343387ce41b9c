/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a module may hold a reference to without having made it: tasks that have ended,
 * their numbers, files that were opened while it was loaded, and what seq_file made for
 * them, where a module's function that ends with the call leaves no trace of itself on
 * the stack. All are gone when the module is; what is still there has somebody who did
 * not let go of it.
 */
#ifndef KMLAB_GUEST_TRACE_REFERENCES_H
#define KMLAB_GUEST_TRACE_REFERENCES_H

#include "trace_state.h"

/** trace_watch_ends - attach to the end of tasks. */
void trace_watch_ends(struct trace *t);

/** trace_note_made - code that leaves when R7 is 0; before, it notes the object at
 * @object of the program's arguments if R9, who allocated it, is one of the trace's
 * makers. */
void trace_note_made(const struct trace *t, struct bpf_asm *a, int object);

#endif
