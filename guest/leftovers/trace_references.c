// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "trace_code.h"
#include "trace_references.h"

/* Longer than such a function is, and not by so much that other allocators follow. */
enum { FUNCTION = 0x180 };

/* No place of a module: one that is never an address, and not 0, which is a void note.
 * R9: what stands for where the kernel was called, not 0 either. */
static void note_nobodys(const struct trace *t, struct bpf_asm *a, enum held_kind kind)
{
	asm_mov_imm(a, R7, 1);
	asm_mov(a, R3, R9);
	asm_mov_imm(a, R9, 0);
	trace_note(t, a, t->memory, kind);
}

static void only_while_loaded(const struct trace *t, struct bpf_asm *a)
{
	asm_cell(a, R1, t->cells, CELL_LOADED);
	asm_load(a, BPF_DWORD, R1, R1, 0);
	asm_out_imm(a, JUMP_EQ, R1, 0);
}

/* @offset: of a pointer in the task to what is to be noted; negative: the task itself. */
static void watch_end(struct trace *t, int offset, enum held_kind kind)
{
	struct bpf_asm a;

	trace_begin(&a, R6);
	only_while_loaded(t, &a);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	if (offset >= 0)
		trace_peek(&a, R8, BPF_DWORD, R8, offset);
	asm_out_imm(&a, JUMP_EQ, R8, 0);
	asm_mov_imm(&a, R9, 1);
	note_nobodys(t, &a, kind);
	trace_attach(t, &a, "sched_process_exit");
}

/* They are struck out when their memory is freed, as all that is noted. */
void trace_watch_ends(struct trace *t)
{
	static const struct {
		const char *member;
		enum held_kind kind;
	} parts[] = {
		{"thread_pid", HELD_PID},
		{"active_mm", HELD_MM}, /* the task has given up its own by then */
		{"cred", HELD_CRED},
	};

	watch_end(t, -1, HELD_TASK);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		int offset = btf_member(t->btf, "task_struct", parts[i].member);

		if (offset >= 0)
			watch_end(t, offset, parts[i].kind);
	}
}

/* Not those that the kernel lacks: they would begin at 0. */
static void note_made(const struct trace *t, struct bpf_asm *a, const struct maker *m,
		      int object)
{
	unsigned int below, above;

	asm_const(a, R1, m->start ? m->start : UINT64_MAX - FUNCTION);
	below = asm_skip(a, JUMP_LT, R9, R1);
	asm_add_imm(a, R1, FUNCTION);
	above = asm_skip(a, JUMP_GT, R9, R1);
	asm_load(a, BPF_DWORD, R8, R6, object);
	asm_out_imm(a, JUMP_LE, R8, 16);
	note_nobodys(t, a, m->kind);
	asm_out_always(a);
	asm_here(a, below);
	asm_here(a, above);
}

void trace_note_made(const struct trace *t, struct bpf_asm *a, int object)
{
	unsigned int known = asm_skip_imm(a, JUMP_NE, R7, 0);

	only_while_loaded(t, a);
	for (int i = 0; i < MAKERS; i++)
		note_made(t, a, &t->makers[i], object);
	asm_out_always(a);
	asm_here(a, known);
}
