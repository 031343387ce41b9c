// SPDX-License-Identifier: GPL-2.0-only
#include "trace_code.h"
#include "trace_pending.h"

/* pending[R8] = something */
void trace_note_pending(const struct trace *t, struct bpf_asm *a)
{
	asm_store(a, BPF_DWORD, FP, KEY, R8);
	asm_store(a, BPF_DWORD, FP, VALUE, R8);
	trace_update(a, t->pending, VALUE);
}

bool trace_is_pending(const struct trace *t, uint64_t object)
{
	uint64_t value;

	return bpf_map_get(t->pending, &object, &value) == 0;
}
