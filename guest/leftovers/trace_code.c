// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "trace_code.h"

void trace_begin(struct bpf_asm *a, int args_in)
{
	memset(a, 0, sizeof(*a));
	asm_mov(a, args_in, R1);
}

void trace_only_modules(const struct trace *t, struct bpf_asm *a)
{
	asm_const(a, R1, t->modules_from);
	asm_out(a, JUMP_LT, R7, R1);
}

void trace_update(struct bpf_asm *a, int map, int value)
{
	asm_map(a, R1, map);
	asm_mov(a, R2, FP);
	asm_add_imm(a, R2, KEY);
	asm_mov(a, R3, FP);
	asm_add_imm(a, R3, value);
	asm_mov_imm(a, R4, 0);
	asm_call(a, HELPER_UPDATE);
}

void trace_put(const struct trace *t, struct bpf_asm *a, int map)
{
	trace_update(a, map, VALUE);
	asm_out_imm(a, JUMP_EQ, R0, 0);
	asm_count(a, t->cells, CELL_NO_ROOM, 1);
}

void trace_born(const struct trace *t, struct bpf_asm *a, int to)
{
	asm_cell(a, R1, t->cells, CELL_BORN);
	asm_load(a, BPF_DWORD, R1, R1, 0);
	asm_store(a, BPF_DWORD, FP, to, R1);
}

void trace_note(const struct trace *t, struct bpf_asm *a, int map, enum held_kind kind)
{
	asm_store(a, BPF_DWORD, FP, KEY, R8);
	asm_store(a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, site), R7);
	asm_store(a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, size), R9);
	asm_store(a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, through), R3);
	asm_mov_imm(a, R1, (int)kind);
	asm_store(a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, kind), R1);
	trace_born(t, a, VALUE + (int)offsetof(struct held, born));
	trace_put(t, a, map);
}

/*
 * Most objects are in no map. A lookup, which takes no lock, comes before the delete, for
 * which the lock of the bucket may be had in vain (it was taken below an interrupt; since
 * 6.15 also after 250 ms). So first of all the object's note is made void in place.
 */
void trace_strike(struct bpf_asm *a, int map)
{
	unsigned int unknown;

	asm_store(a, BPF_DWORD, FP, KEY, R8);
	asm_map(a, R1, map);
	asm_mov(a, R2, FP);
	asm_add_imm(a, R2, KEY);
	asm_call(a, HELPER_LOOKUP);
	unknown = asm_skip_imm(a, JUMP_EQ, R0, 0);
	asm_mov_imm(a, R1, 0);
	asm_store(a, BPF_DWORD, R0, 0, R1);
	asm_map(a, R1, map);
	asm_mov(a, R2, FP);
	asm_add_imm(a, R2, KEY);
	asm_call(a, HELPER_DELETE);
	asm_here(a, unknown);
}

void trace_peek(struct bpf_asm *a, int dst, enum bpf_size size, int base, int off)
{
	asm_mov_imm(a, R2, size == BPF_DWORD ? 8 : 4);
	asm_mov(a, R3, base);
	asm_add_imm(a, R3, off);
	asm_mov(a, R1, FP);
	asm_add_imm(a, R1, SCRATCH);
	asm_call(a, HELPER_READ_KERNEL);
	asm_load(a, size, dst, FP, SCRATCH);
}

void trace_keep(struct trace *t, int prog, int link, int map)
{
	if (link >= 0 && t->n_links < LINKS_MAX)
		t->link[t->n_links++] = link;
	if (prog >= 0 && link >= 0 && map >= 0 && t->n_strikers < LINKS_MAX)
		t->striker[t->n_strikers++] =
			(struct striker){.map = map, .prog = {prog, -1, -1}};
	else if (prog >= 0)
		close(prog); /* its link holds it */
}

void trace_keep_another(struct trace *t, int prog, int link)
{
	struct striker *s = &t->striker[t->n_strikers - 1];
	int i = 1;

	while (i < PROGS_MAX && s->prog[i] >= 0)
		i++;
	trace_keep(t, -1, link, -1);
	if (link >= 0 && i < PROGS_MAX)
		s->prog[i] = prog;
	else if (prog >= 0)
		close(prog);
}

void trace_attach(struct trace *t, struct bpf_asm *a, const char *tracepoint)
{
	int prog = bpf_load(PROG_RAW_TRACEPOINT, a);

	trace_keep(t, prog, prog < 0 ? prog : bpf_attach(prog, tracepoint), -1);
}
