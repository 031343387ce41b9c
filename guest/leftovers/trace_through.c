// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <unistd.h>

#include "trace_code.h"
#include "trace_through.h"

/* We run no code of modules, but allocate much while we look at them. */
#define AGENT (1ULL << 32 | 1)

/* The program's own way into the tracepoint takes two or three of them. */
enum { DEPTH = 24, FRAMES = VALUE - DEPTH * 8 };

void trace_forget_code(const struct trace *t)
{
	uint64_t cells[CELLS] = {0};
	uint32_t zero = 0;

	bpf_map_get(t->cells, &zero, cells);
	cells[CELL_CODE_FROM] = cells[CELL_CODE_TO] = cells[CELL_LOADED] = 0;
	cells[CELL_INIT] = cells[CELL_LOADER] = 0;
	bpf_map_set(t->cells, &zero, cells);
}

/* R1: the address of the cell; R2: its value. Stored unless the cell has a value that is
 * @better than R3. */
static void widen(const struct trace *t, struct bpf_asm *a, enum cell which,
		  enum bpf_jump better)
{
	unsigned int none, keep;

	asm_cell(a, R1, t->cells, (int)which);
	asm_load(a, BPF_DWORD, R2, R1, 0);
	none = asm_skip_imm(a, JUMP_EQ, R2, 0);
	keep = asm_skip(a, better, R2, R3);
	asm_here(a, none);
	asm_store(a, BPF_DWORD, R1, 0, R3);
	asm_here(a, keep);
}

static void add_region(const struct trace *t, struct bpf_asm *a, int at)
{
	unsigned int none;

	asm_load(a, BPF_DWORD, R3, FP, at);
	none = asm_skip_imm(a, JUMP_EQ, R3, 0);
	widen(t, a, CELL_CODE_FROM, JUMP_LT);
	asm_load(a, BPF_DWORD, R4, FP, at + 8);
	asm_add(a, R3, R4);
	widen(t, a, CELL_CODE_TO, JUMP_GT);
	asm_here(a, none);
}

/* R8 has the address of struct module. */
static void note_loader(const struct trace *t, struct bpf_asm *a)
{
	int init = btf_member(t->btf, "module", "init");

	if (init < 0)
		return;
	trace_peek(a, R7, BPF_DWORD, R8, init);
	asm_cell(a, R1, t->cells, CELL_INIT);
	asm_store(a, BPF_DWORD, R1, 0, R7);
	asm_call(a, HELPER_CURRENT_PID);
	asm_cell(a, R1, t->cells, CELL_LOADER);
	asm_store(a, BPF_DWORD, R1, 0, R0);
}

void trace_code_loaded(const struct trace *t, struct bpf_asm *a, int at, int text,
		       int init)
{
	note_loader(t, a);
	at += (int)offsetof(struct loaded, region);
	asm_const(a, R8, t->page_structs);
	trace_peek(a, R8, BPF_DWORD, R8, 0);
	asm_cell(a, R1, t->cells, CELL_PAGE_STRUCTS);
	asm_store(a, BPF_DWORD, R1, 0, R8);
	add_region(t, a, at + text * 16);
	add_region(t, a, at + init * 16);
}

/* R7 = the first of the stack's addresses from R4 on and below R5, or 0; R3 = the one
 * before it. */
static void find_frame(struct bpf_asm *a)
{
	unsigned int found[DEPTH];

	asm_mov_imm(a, R3, 0);
	for (int i = 0; i < DEPTH; i++) {
		unsigned int below;

		asm_load(a, BPF_DWORD, R7, FP, FRAMES + i * 8);
		below = asm_skip(a, JUMP_LT, R7, R4);
		found[i] = asm_skip(a, JUMP_LT, R7, R5);
		asm_here(a, below);
		asm_mov(a, R3, R7);
	}
	asm_mov_imm(a, R7, 0);
	for (int i = 0; i < DEPTH; i++)
		asm_here(a, found[i]);
}

/* An init function whose last act is the call leaves no frame: it was a jump. The kernel
 * function that called it stands for it. */
static void find_init(const struct trace *t, struct bpf_asm *a)
{
	unsigned int known = asm_skip_imm(a, JUMP_NE, R7, 0), other, none;

	asm_call(a, HELPER_CURRENT_PID);
	asm_cell(a, R1, t->cells, CELL_LOADER);
	asm_load(a, BPF_DWORD, R1, R1, 0);
	other = asm_skip(a, JUMP_NE, R0, R1);
	asm_const(a, R4, t->initcall.address);
	asm_const(a, R5, t->initcall.end);
	find_frame(a);
	none = asm_skip_imm(a, JUMP_EQ, R7, 0);
	asm_cell(a, R1, t->cells, CELL_INIT);
	asm_load(a, BPF_DWORD, R7, R1, 0);
	asm_add_imm(a, R7, 1); /* as if it were the address of a return */
	asm_here(a, known);
	asm_here(a, other);
	asm_here(a, none);
}

void trace_find_caller(const struct trace *t, struct bpf_asm *a)
{
	asm_cell(a, R1, t->cells, CELL_CODE_TO);
	asm_load(a, BPF_DWORD, R1, R1, 0);
	asm_out_imm(a, JUMP_EQ, R1, 0);
	asm_call(a, HELPER_CURRENT_PID);
	asm_const(a, R1, AGENT);
	asm_out(a, JUMP_EQ, R0, R1);
	/* The kernel fills no more than the stack is deep; 5.10 demands it all. */
	asm_mov_imm(a, R1, 0);
	for (int i = 0; i < DEPTH; i++)
		asm_store(a, BPF_DWORD, FP, FRAMES + i * 8, R1);
	asm_mov(a, R1, R6);
	asm_mov(a, R2, FP);
	asm_add_imm(a, R2, FRAMES);
	asm_mov_imm(a, R3, DEPTH * 8);
	asm_mov_imm(a, R4, 0);
	asm_call(a, HELPER_GET_STACK);
	asm_out_imm(a, JUMP_GT, R0, DEPTH * 8); /* a negative errno */
	asm_cell(a, R1, t->cells, CELL_CODE_FROM);
	asm_load(a, BPF_DWORD, R4, R1, 0);
	asm_cell(a, R1, t->cells, CELL_CODE_TO);
	asm_load(a, BPF_DWORD, R5, R1, 0);
	find_frame(a);
	find_init(t, a);
}

/* Pages that users' memory and files are made of are no module's. */
static void only_unmovable(struct bpf_asm *a, int gfp_arg)
{
	enum { GFP_MOVABLE = 8 };

	asm_load(a, BPF_DWORD, R1, R6, gfp_arg * 8);
	asm_and_imm(a, R1, GFP_MOVABLE);
	asm_out_imm(a, JUMP_NE, R1, 0);
}

static int watch_page_free(struct trace *t)
{
	struct bpf_asm a;
	int prog, link;

	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	trace_strike(&a, t->pages);
	prog = bpf_load(PROG_RAW_TRACEPOINT, &a);
	link = prog < 0 ? prog : bpf_attach(prog, "mm_page_free");
	trace_keep(t, prog, link, t->pages);
	return link;
}

/* A release that goes by unseen, since the program is attached once only, is chance, and
 * what is suspected for it does not grow. */
void trace_watch_pages(struct trace *t)
{
	struct bpf_asm a;

	if (watch_page_free(t) < 0)
		return;
	trace_begin(&a, R6);
	only_unmovable(&a, 2);
	trace_find_caller(t, &a);
	asm_out_imm(&a, JUMP_EQ, R7, 0);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	asm_out_imm(&a, JUMP_EQ, R8, 0);
	asm_load(&a, BPF_WORD, R9, R6, 8);
	trace_note(t, &a, t->pages, HELD_PAGES);
	trace_attach(t, &a, "mm_page_alloc");
}
