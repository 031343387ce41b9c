/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel allocates while module code is below it on the stack: kasprintf(),
 * idr_alloc(), alloc_skb() take memory for their caller, and the tracepoint names them.
 * Here the stack is looked at, for as long as modules of the job are loaded.
 */
#ifndef KMLAB_GUEST_TRACE_THROUGH_H
#define KMLAB_GUEST_TRACE_THROUGH_H

#include "trace_state.h"

/** trace_code_loaded - code that takes the module of struct loaded at FP + @at into what
 *  is looked for on stacks; @text and @init are numbers of its regions. R8 has the
 *  address of its struct module. */
void trace_code_loaded(const struct trace *t, struct bpf_asm *a, int at, int text,
		       int init);

/** trace_find_caller - code that sets R7 to the innermost address of a module on the
 *  stack, and R3 to what it called; R7 is 0 when there is none. R6 has the program's
 *  context. Spoils R0 to R5. Leaves when no module is loaded, and for ourselves. */
void trace_find_caller(const struct trace *t, struct bpf_asm *a);

/** trace_watch_pages - attach to the page allocator. */
void trace_watch_pages(struct trace *t);

/** trace_forget_code - the modules are gone: stacks are looked at no longer, until the
 *  next one comes, and what is noted to know their calls by would pass for pointers into
 *  them. */
void trace_forget_code(const struct trace *t);

#endif
