// SPDX-License-Identifier: GPL-2.0-only
/* The programs in the kernel: they note what module code takes, and strike out what is
 * given back. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "trace_state.h"

void trace_keep(struct trace *t, int prog, int link, bool strikes)
{
	if (link >= 0 && t->n_links < LINKS_MAX)
		t->link[t->n_links++] = link;
	if (prog >= 0 && link >= 0 && strikes && t->n_strike < LINKS_MAX)
		t->strike[t->n_strike++] = prog;
	else if (prog >= 0)
		close(prog); /* its link holds it */
}

static void attach(struct trace *t, struct bpf_asm *a, const char *tracepoint,
		   bool strikes)
{
	int prog = bpf_load(PROG_RAW_TRACEPOINT, a);

	trace_keep(t, prog, prog < 0 ? prog : bpf_attach(prog, tracepoint), strikes);
}

void trace_only_modules(const struct trace *t, struct bpf_asm *a)
{
	asm_const(a, R1, t->modules_from);
	asm_out(a, JUMP_LT, R7, R1);
}

void trace_put(const struct trace *t, struct bpf_asm *a, int map)
{
	asm_map(a, R1, map);
	asm_mov(a, R2, FP);
	asm_add_imm(a, R2, KEY);
	asm_mov(a, R3, FP);
	asm_add_imm(a, R3, VALUE);
	asm_mov_imm(a, R4, 0);
	asm_call(a, HELPER_UPDATE);
	asm_out_imm(a, JUMP_EQ, R0, 0);
	asm_count(a, t->cells, CELL_NO_ROOM);
}

/* map[R8] = { R7, size as stored, kind } */
static void note(const struct trace *t, struct bpf_asm *a, int map, enum held_kind kind)
{
	asm_store(a, BPF_DWORD, FP, KEY, R8);
	asm_store(a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, site), R7);
	asm_mov_imm(a, R1, (int)kind);
	asm_store(a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, kind), R1);
	trace_put(t, a, map);
}

/* Most objects are nobody's: looking takes no lock. */
void trace_strike(const struct trace *t, struct bpf_asm *a, int map)
{
	unsigned int unknown, gone, raced;

	asm_store(a, BPF_DWORD, FP, KEY, R8);
	asm_map(a, R1, map);
	asm_mov(a, R2, FP);
	asm_add_imm(a, R2, KEY);
	asm_call(a, HELPER_LOOKUP);
	unknown = asm_skip_imm(a, JUMP_EQ, R0, 0);
	asm_map(a, R1, map);
	asm_mov(a, R2, FP);
	asm_add_imm(a, R2, KEY);
	asm_call(a, HELPER_DELETE);
	gone = asm_skip_imm(a, JUMP_EQ, R0, 0);
	raced = asm_skip_imm(a, JUMP_EQ, R0, -ENOENT);
	asm_count(a, t->cells, CELL_NOT_STRUCK);
	asm_here(a, unknown);
	asm_here(a, gone);
	asm_here(a, raced);
}

static void start(struct bpf_asm *a, int args_in)
{
	memset(a, 0, sizeof(*a));
	asm_mov(a, args_in, R1);
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

/*
 * @cache_size: the size argument is a struct kmem_cache with the size at this offset;
 * negative: it is the size.
 */
static void watch_alloc(struct trace *t, const char *tracepoint, enum held_kind kind,
			int ptr_arg, int size_arg, int cache_size)
{
	struct bpf_asm a;

	start(&a, R6);
	asm_load(&a, BPF_DWORD, R7, R6, 0);
	trace_only_modules(t, &a);
	asm_load(&a, BPF_DWORD, R8, R6, ptr_arg * 8);
	asm_out_imm(&a, JUMP_LE, R8, 16); /* failed, or no bytes wanted */
	asm_load(&a, BPF_DWORD, R9, R6, size_arg * 8);
	if (cache_size >= 0)
		trace_peek(&a, R9, BPF_WORD, R9, cache_size);
	asm_store(&a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, size), R9);
	note(t, &a, t->memory, kind);
	attach(t, &a, tracepoint, false);
}

static void watch_free(struct trace *t, const char *tracepoint, int map, int ptr_arg)
{
	struct bpf_asm a;

	start(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, ptr_arg * 8);
	trace_strike(t, &a, map);
	attach(t, &a, tracepoint, true);
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
	start(&a, R6);
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

	start(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, REGS_SP);
	trace_peek(&a, R7, BPF_DWORD, R8, 3 * 8);
	trace_only_modules(t, &a);
	asm_count(&a, t->cells, CELL_VMALLOC);
	prog = bpf_load(PROG_KPROBE, &a);
	trace_keep(t, prog, prog < 0 ? prog : bpf_attach_kprobe(prog, function), false);
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
	start(&a, R6);
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
	attach(t, &a, "timer_start", false);
}

static void watch_hrtimer(struct trace *t)
{
	int function = btf_member(t->btf, "hrtimer", "function");
	struct bpf_asm a;

	if (function < 0)
		return;
	start(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	trace_peek(&a, R7, BPF_DWORD, R8, function);
	trace_only_modules(t, &a);
	asm_mov_imm(&a, R9, 0);
	asm_store(&a, BPF_DWORD, FP, VALUE + (int)offsetof(struct held, size), R9);
	note(t, &a, t->timers, HELD_HRTIMER);
	attach(t, &a, "hrtimer_start", false);
}

/* Where struct module keeps what we want. */
struct module_layout {
	int name, n, start[REGIONS], size[REGIONS];
};

static int module_layout(const struct btf *b, struct module_layout *l)
{
	int mem = btf_member(b, "module", "mem"), each = btf_size(b, "module_memory");
	const char *part = mem >= 0 ? "module_memory" : "module_layout";
	int start_at = btf_member(b, part, "base"), size_at = btf_member(b, part, "size");
	int at[REGIONS];

	l->name = btf_member(b, "module", "name");
	/* Since 6.4 an array: text, data, read-only data, ... and init text the fifth. */
	l->n = mem >= 0 ? REGIONS : 2;
	for (int i = 0; mem >= 0 && i < REGIONS; i++)
		at[i] = mem + i * each;
	if (mem < 0) {
		at[0] = btf_member(b, "module", "core_layout");
		at[1] = btf_member(b, "module", "init_layout");
	}
	if (at[0] < 0 || at[1] < 0 || start_at < 0 || size_at < 0 || l->name < 0)
		return -ENOENT;
	for (int i = 0; i < l->n; i++) {
		l->start[i] = at[i] + start_at;
		l->size[i] = at[i] + size_at;
	}
	return 0;
}

enum { MODULE_VALUE = SCRATCH - (int)sizeof(struct loaded) }; /* on the stack */

static void copy_region(struct bpf_asm *a, const struct module_layout *l, int i)
{
	int to = MODULE_VALUE + (int)offsetof(struct loaded, region) + 16 * i;

	asm_mov_imm(a, R7, 0);
	if (i < l->n)
		trace_peek(a, R7, BPF_DWORD, R8, l->start[i]);
	asm_store(a, BPF_DWORD, FP, to, R7);
	if (i < l->n)
		trace_peek(a, R7, BPF_WORD, R8, l->size[i]);
	asm_store(a, BPF_DWORD, FP, to + 8, R7);
}

static void watch_load(struct trace *t)
{
	struct module_layout l;
	struct bpf_asm a;

	if (module_layout(t->btf, &l))
		return;
	start(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	asm_store(&a, BPF_DWORD, FP, KEY, R8);
	asm_mov(&a, R1, FP);
	asm_add_imm(&a, R1, MODULE_VALUE);
	asm_mov_imm(&a, R2, (int)sizeof(((struct loaded *)0)->name));
	asm_mov(&a, R3, R8);
	asm_add_imm(&a, R3, l.name);
	asm_call(&a, HELPER_READ_KERNEL);
	for (int i = 0; i < REGIONS; i++)
		copy_region(&a, &l, i);
	asm_mov_imm(&a, R1, 0);
	asm_store(&a, BPF_DWORD, FP, MODULE_VALUE + (int)offsetof(struct loaded, gone),
		  R1);
	asm_map(&a, R1, t->modules);
	asm_mov(&a, R2, FP);
	asm_add_imm(&a, R2, KEY);
	asm_mov(&a, R3, FP);
	asm_add_imm(&a, R3, MODULE_VALUE);
	asm_mov_imm(&a, R4, 0);
	asm_call(&a, HELPER_UPDATE);
	attach(t, &a, "module_load", false);
}

static void watch_unload(struct trace *t)
{
	struct bpf_asm a;

	start(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	asm_store(&a, BPF_DWORD, FP, KEY, R8);
	asm_map(&a, R1, t->modules);
	asm_mov(&a, R2, FP);
	asm_add_imm(&a, R2, KEY);
	asm_call(&a, HELPER_LOOKUP);
	asm_out_imm(&a, JUMP_EQ, R0, 0);
	asm_mov_imm(&a, R1, 1);
	asm_store(&a, BPF_DWORD, R0, offsetof(struct loaded, gone), R1);
	attach(t, &a, "module_free", false);
}

static void watch_memory(struct trace *t)
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
}

void trace_watch(struct trace *t)
{
	watch_load(t);
	watch_unload(t);
	watch_memory(t);
	watch_vmalloc_range(t, "__vmalloc_node_range");
	watch_vmalloc_range(t, "__vmalloc_node_range_noprof");
	/* One that fires was not cancelled; one that starts itself again does so later.
	 */
	watch_free(t, "timer_cancel", t->timers, 0);
	watch_free(t, "timer_expire_entry", t->timers, 0);
	watch_free(t, "hrtimer_cancel", t->timers, 0);
	watch_free(t, "hrtimer_expire_entry", t->timers, 0);
	watch_timer(t);
	watch_hrtimer(t);
	registry_watch(t);
}
