// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <unistd.h>

#include "trace_code.h"
#include "trace_held.h"

/* map[R8] = { R7, size as stored, kind } */
static void note(const struct trace *t, struct bpf_asm *a, int map, enum held_kind kind)
{
	asm_store(a, BPF_DWORD, FP, KEY, R8);
	asm_store(a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, site), R7);
	asm_mov_imm(a, R1, (int)kind);
	asm_store(a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, kind), R1);
	trace_put(t, a, map);
}

/* The second program of the striker that came last. */
static void keep_second(struct trace *t, int prog, int link)
{
	trace_keep(t, -1, link, false);
	if (link >= 0)
		t->striker[t->n_strikers - 1].prog[1] = prog;
	else if (prog >= 0)
		close(prog);
}

/*
 * @cache_size: the size argument is a struct kmem_cache with the size at this offset;
 * negative: it is the size.
 */
static void watch_alloc(struct trace *t, const char *tracepoint, enum held_kind kind,
			int ptr_arg, int size_arg, int cache_size)
{
	struct bpf_asm a;

	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R7, R6, 0);
	trace_only_modules(t, &a);
	asm_load(&a, BPF_DWORD, R8, R6, ptr_arg * 8);
	asm_out_imm(&a, JUMP_LE, R8, 16); /* failed, or no bytes wanted */
	asm_load(&a, BPF_DWORD, R9, R6, size_arg * 8);
	if (cache_size >= 0)
		trace_peek(&a, R9, BPF_WORD, R9, cache_size);
	asm_store(&a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, size), R9);
	note(t, &a, t->memory, kind);
	trace_attach(t, &a, tracepoint);
}

static int attach_striker(const struct trace *t, const char *tracepoint, int map,
			  int ptr_arg, int *prog)
{
	struct bpf_asm a;

	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, ptr_arg * 8);
	trace_strike(t, &a, map);
	*prog = bpf_load(PROG_RAW_TRACEPOINT, &a);
	return *prog < 0 ? *prog : bpf_attach(*prog, tracepoint);
}

static void watch_free(struct trace *t, const char *tracepoint, int map, int ptr_arg)
{
	unsigned int before = t->n_strikers;
	int prog, link = attach_striker(t, tracepoint, map, ptr_arg, &prog);

	trace_keep(t, prog, link, true);
	if (t->n_strikers == before)
		return;
	link = attach_striker(t, tracepoint, map, ptr_arg, &prog);
	keep_second(t, prog, link);
}

/*
 * kfree_rcu() is a free for the module; some of the ways in which the kernel carries it
 * out later pass no tracepoint. The second argument is the object or, before 6.4, the
 * offset of the first within it.
 */
static void watch_free_rcu(struct trace *t)
{
	int function = btf_function(t->btf, "kvfree_call_rcu", NULL);
	struct bpf_asm a;
	int prog, link;

	if (function < 0)
		return;
	trace_begin(&a, R6);
	trace_peek(&a, R8, BPF_DWORD, R6, 8);
	trace_strike(t, &a, t->memory);
	trace_peek(&a, R8, BPF_DWORD, R6, 0);
	trace_peek(&a, R9, BPF_DWORD, R6, 8);
	asm_sub(&a, R8, R9);
	trace_strike(t, &a, t->memory);
	link = bpf_attach_function(&a, EDGE_ENTRY, (uint32_t)function, &prog);
	trace_keep(t, prog, link, true);
}

/*
 * The list of vmalloc memory is long and slow to read; this tells whether a module took
 * any. The caller is the ninth argument, the third on the stack.
 */
static void watch_vmalloc_range(struct trace *t, const char *function)
{
	enum { REGS_SP = 152 };
	struct bpf_asm a;
	int prog;

	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, REGS_SP);
	trace_peek(&a, R7, BPF_DWORD, R8, 3 * 8);
	trace_only_modules(t, &a);
	asm_count(&a, t->cells, CELL_VMALLOC);
	prog = bpf_load(PROG_KPROBE, &a);
	trace_keep(t, prog, prog < 0 ? prog : bpf_attach_kprobe(prog, function), false);
}

void trace_watch_memory(struct trace *t)
{
	/* Two tracepoints per allocator until 6.1, where a cache came in place of sizes.
	 */
	bool sizes = btf_args(t->btf, "btf_trace_kmalloc_node") > 0;
	int cache_size = sizes ? -1 : btf_member(t->btf, "kmem_cache", "object_size");

	/* There the function is folded into its callers: no call of vmalloc() passes it.
	 */
	t->vmalloc_unseen = sizes;
	/* First the frees: an object noted is one whose end will be seen. */
	watch_free(t, "kfree", t->memory, 1);
	watch_free(t, "kmem_cache_free", t->memory, 1);
	watch_free_rcu(t);
	watch_alloc(t, "kmalloc", HELD_MEMORY, 1, 2, -1);
	if (sizes || cache_size >= 0)
		watch_alloc(t, "kmem_cache_alloc", HELD_MEMORY, 1, 2, cache_size);
	if (sizes) {
		watch_alloc(t, "kmalloc_node", HELD_MEMORY, 1, 2, -1);
		watch_alloc(t, "kmem_cache_alloc_node", HELD_MEMORY, 1, 2, -1);
	}
	/* With a call site, and so of use, since 5.19. */
	if (btf_args(t->btf, "btf_trace_percpu_alloc_percpu") == 11) {
		watch_free(t, "percpu_free_percpu", t->memory, 2);
		watch_alloc(t, "percpu_alloc_percpu", HELD_PERCPU, 7, 3, -1);
	}
	watch_vmalloc_range(t, "__vmalloc_node_range");
	watch_vmalloc_range(t, "__vmalloc_node_range_noprof");
}

/* Delayed work is a timer of the kernel; the module's function is in the work before it.
 */
static void watch_timer(struct trace *t)
{
	int function = btf_member(t->btf, "timer_list", "function");
	int timer = btf_member(t->btf, "delayed_work", "timer");
	int work = btf_member(t->btf, "work_struct", "func");
	struct bpf_asm a;
	unsigned int plain;

	if (function < 0 || timer < 0 || work < 0 || !t->delayed_work)
		return;
	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	trace_peek(&a, R7, BPF_DWORD, R8, function);
	asm_mov_imm(&a, R9, 0);
	asm_const(&a, R1, t->delayed_work);
	plain = asm_skip(&a, JUMP_NE, R7, R1);
	trace_peek(&a, R7, BPF_DWORD, R8, work - timer);
	asm_mov_imm(&a, R9, 1);
	asm_here(&a, plain);
	trace_only_modules(t, &a);
	asm_store(&a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, size), R9);
	note(t, &a, t->timers, HELD_TIMER);
	trace_attach(t, &a, "timer_start");
}

static void watch_hrtimer(struct trace *t)
{
	int function = btf_member(t->btf, "hrtimer", "function");
	struct bpf_asm a;

	if (function < 0)
		return;
	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	trace_peek(&a, R7, BPF_DWORD, R8, function);
	trace_only_modules(t, &a);
	asm_mov_imm(&a, R9, 0);
	asm_store(&a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, size), R9);
	note(t, &a, t->timers, HELD_HRTIMER);
	trace_attach(t, &a, "hrtimer_start");
}

void trace_watch_timers(struct trace *t)
{
	/* One that fires was not cancelled; one that starts itself again does so later.
	 */
	watch_free(t, "timer_cancel", t->timers, 0);
	watch_free(t, "timer_expire_entry", t->timers, 0);
	watch_free(t, "hrtimer_cancel", t->timers, 0);
	watch_free(t, "hrtimer_expire_entry", t->timers, 0);
	watch_timer(t);
	watch_hrtimer(t);
}
