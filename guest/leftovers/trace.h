/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Live bookkeeping of what modules take: small BPF programs on the kernel's own
 * tracepoints note each object that module code allocates or each timer it starts, and
 * strike it out when anybody frees or stops it. What is left at the end is exactly what
 * is still held, so that nothing has to be read for a clean module, no buffer overflows
 * in a long test, and an object the kernel frees on the module's behalf is struck out
 * like any other.
 */
#ifndef KMLAB_GUEST_TRACE_H
#define KMLAB_GUEST_TRACE_H

#include "leftovers.h"

struct btf;
struct trace;

/** trace_start - attach to whatever this kernel offers; NULL when it offers nothing. */
struct trace *trace_start(const struct btf *btf);

/** trace_clear - forget what was noted so far. */
void trace_clear(struct trace *t);

/** trace_collect - report what such code still holds, after trace_read_gone(). @partial:
 * as leftovers_collect().
 */
void trace_collect(struct trace *t, const struct leftover_range *ranges,
		   unsigned int n_ranges, leftover_fn report, void *data, bool *partial);

/** trace_suspect - after trace_collect(), what it was not sure of: is there anything?
 *  @shrink, which may be NULL, is called if so, before it is looked at again. */
bool trace_suspect(struct trace *t, void (*shrink)(void), bool *partial);

/** trace_suspects - what was found; NULL without a trace. */
struct suspects;
struct suspects *trace_suspects(struct trace *t);

/** trace_lived_again - the modules came and went once more: count the suspects anew. */
void trace_lived_again(struct trace *t, bool whole, bool *partial);

/** trace_let_rcu_finish - a grace period and a moment for its callbacks: what RCU frees
 *  is no leak. */
void trace_let_rcu_finish(struct trace *t);

void trace_stop(struct trace *t);

#endif
