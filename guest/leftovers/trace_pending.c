// SPDX-License-Identifier: GPL-2.0-only
/*
 * kfree_rcu() lets an object wait, since 6.2 for five seconds, before the grace period
 * begins after which it is freed: too long to wait for it. Nobody can find the object any
 * more, so what it points to is of no interest.
 */
#include <unistd.h>

#include "trace_code.h"
#include "trace_pending.h"

/* pending[R8] = something */
static void note(const struct trace *t, struct bpf_asm *a)
{
	asm_store(a, BPF_DWORD, FP, KEY, R8);
	asm_store(a, BPF_DWORD, FP, VALUE, R8);
	trace_update(a, t->pending, VALUE);
}

/* The second argument is the object or, before 6.4, the offset of the first within it. */
void trace_watch_pending(struct trace *t)
{
	int prog, link, function = btf_function(t->btf, "kvfree_call_rcu", NULL);
	struct bpf_asm a;

	if (function < 0)
		return;
	trace_begin(&a, R6);
	trace_peek(&a, R8, BPF_DWORD, R6, 8);
	note(t, &a);
	trace_peek(&a, R8, BPF_DWORD, R6, 0);
	trace_peek(&a, R9, BPF_DWORD, R6, 8);
	asm_sub(&a, R8, R9);
	note(t, &a);
	link = bpf_attach_function(&a, EDGE_ENTRY, (uint32_t)function, &prog);
	trace_keep(t, prog, link, -1);
}

bool trace_is_pending(const struct trace *t, uint64_t object)
{
	uint64_t value;

	return bpf_map_get(t->pending, &object, &value) == 0;
}
