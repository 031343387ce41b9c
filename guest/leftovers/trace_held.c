// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trace_code.h"
#include "trace_held.h"
#include "trace_pending.h"
#include "trace_references.h"
#include "trace_through.h"

/* Where in its argument a program at an allocation finds the caller, the object and the
 * size. */
struct allocation {
	int caller, object, size;
	int cache_size; /* not negative: the size is this far in what "size" points to */
};

/*
 * What the allocators take for their own bookkeeping while they serve a call is nobody's
 * loss: lists of free objects, and who is charged for the objects of a slab. What stands
 * for a range of vmalloc addresses is merged with what stands for its neighbours when the
 * range is given back, later, and which of them is freed then is chance; who keeps a
 * mapping is in the list of vmalloc memory.
 */
static void pass_over_own(const struct trace *t, struct bpf_asm *a)
{
	for (int i = 0; i < OWN; i++) {
		unsigned int before;

		if (!t->own[i].end)
			continue;
		asm_const(a, R1, t->own[i].address);
		before = asm_skip(a, JUMP_LT, R7, R1);
		asm_const(a, R1, t->own[i].end);
		asm_out(a, JUMP_LT, R7, R1);
		asm_here(a, before);
	}
}

static void note_allocation(const struct trace *t, struct bpf_asm *a,
			    const struct allocation *at, enum held_kind kind, bool look)
{
	unsigned int direct;

	trace_begin(a, R6);
	asm_load(a, BPF_DWORD, R7, R6, at->caller);
	asm_mov_imm(a, R3, 0);
	asm_const(a, R1, t->modules_from);
	if (look) {
		direct = asm_skip(a, JUMP_GT, R7, R1);
		pass_over_own(t, a);
		asm_mov(a, R9, R7);
		trace_find_caller(t, a);
		trace_note_made(t, a, at->object);
		asm_here(a, direct);
	} else {
		asm_out(a, JUMP_LT, R7, R1);
	}
	asm_load(a, BPF_DWORD, R8, R6, at->object);
	asm_out_imm(a, JUMP_LE, R8, 16); /* failed, or no bytes wanted */
	asm_load(a, BPF_DWORD, R9, R6, at->size);
	if (at->cache_size >= 0) {
		asm_store(a, BPF_DWORD, FP, VALUE, R3);
		trace_peek(a, R9, BPF_WORD, R9, at->cache_size);
		asm_load(a, BPF_DWORD, R3, FP, VALUE);
	}
	trace_note(t, a, t->memory, kind);
}

/*
 * @raw: in the tracepoint's arguments, @size_field: the name of the size in the event.
 * Twice, as one program may be skipped: see struct striker.
 */
static void watch_alloc(struct trace *t, const char *event, enum held_kind kind,
			struct allocation raw, const char *size_field)
{
	struct allocation at = {.caller = bpf_event_field(event, "call_site"),
				.object = bpf_event_field(event, "ptr"),
				.size = bpf_event_field(event, size_field),
				.cache_size = -1};
	struct bpf_asm a;
	int prog;

	note_allocation(t, &a, &raw, kind, true);
	trace_attach(t, &a, strchr(event, '/') + 1);
	if (at.caller < 0 || at.object < 0 || at.size < 0)
		return;
	note_allocation(t, &a, &at, kind, false);
	prog = bpf_load(PROG_EVENT, &a);
	trace_keep(t, prog, prog < 0 ? prog : bpf_attach_event(prog, event), -1);
}

static int load_striker(enum bpf_prog_kind kind, int map, int offset)
{
	struct bpf_asm a;

	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, offset);
	trace_strike(&a, map);
	return bpf_load(kind, &a);
}

static int load_raw(int map, int ptr_arg, const char *tracepoint, int *link)
{
	int prog = load_striker(PROG_RAW_TRACEPOINT, map, ptr_arg * 8);

	*link = prog < 0 ? prog : bpf_attach(prog, tracepoint);
	return prog;
}

static int load_event(int map, const char *event, const char *field, int *link)
{
	int offset = bpf_event_field(event, field);
	int prog = offset < 0 ? offset : load_striker(PROG_EVENT, map, offset);

	*link = prog < 0 ? prog : bpf_attach_event(prog, event);
	return prog;
}

/* @event: GROUP/TRACEPOINT; the object is its argument @ptr_arg, called @field. */
static void watch_free(struct trace *t, const char *event, int map, int ptr_arg,
		       const char *field)
{
	const char *tracepoint = strchr(event, '/') + 1;
	unsigned int before = t->n_strikers;
	int link, prog = load_raw(map, ptr_arg, tracepoint, &link);

	trace_keep(t, prog, link, map);
	if (t->n_strikers == before)
		return;
	prog = load_raw(map, ptr_arg, tracepoint, &link);
	trace_keep_another(t, prog, link);
	prog = load_event(map, event, field, &link);
	trace_keep_another(t, prog, link);
}

enum { REGS_DX = 96, REGS_SI = 104, REGS_DI = 112 };

/*
 * A function that releases what no tracepoint tells of. @entry: for a program that gets
 * the arguments; @probe: for one that gets the registers, and keeps preemption off.
 */
static void watch_release(struct trace *t, const char *name, struct bpf_asm *entry,
			  struct bpf_asm *probe)
{
	int function = btf_function(t->btf, name, NULL);
	unsigned int before = t->n_strikers;
	int prog, link;

	if (function < 0)
		return;
	link = bpf_attach_function(entry, EDGE_ENTRY, (uint32_t)function, &prog);
	trace_keep(t, prog, link, t->memory);
	if (t->n_strikers == before)
		return;
	prog = bpf_load(PROG_KPROBE, probe);
	trace_keep_another(t, prog, prog < 0 ? prog : bpf_attach_kprobe(prog, name));
}

/* These say where the arguments are in what the program is called with. */
static void strike_one(const struct trace *t, struct bpf_asm *a, int first)
{
	trace_begin(a, R6);
	trace_peek(a, R8, BPF_DWORD, R6, first);
	trace_strike(a, t->memory);
}

/* The verifier follows each round of the loop; a leak may be told of what is beyond. */
static void strike_many(const struct trace *t, struct bpf_asm *a, int number, int array)
{
	enum { ROUNDS = 512 };
	unsigned int top;

	trace_begin(a, R6);
	trace_peek(a, R9, BPF_DWORD, R6, number);
	asm_mov_imm(a, R7, 0);
	top = asm_top(a);
	asm_out(a, JUMP_LE, R9, R7);
	trace_peek(a, R8, BPF_DWORD, R6, array);
	for (int i = 0; i < 8; i++)
		asm_add(a, R8, R7);
	trace_peek(a, R8, BPF_DWORD, R8, 0);
	trace_strike(a, t->memory);
	asm_add_imm(a, R7, 1);
	asm_again(a, JUMP_LT, R7, ROUNDS, top);
}

static void strike_rcu(const struct trace *t, struct bpf_asm *a, int first, int second)
{
	trace_begin(a, R6);
	trace_peek(a, R8, BPF_DWORD, R6, second);
	trace_strike(a, t->memory);
	trace_note_pending(t, a);
	trace_peek(a, R8, BPF_DWORD, R6, first);
	trace_peek(a, R9, BPF_DWORD, R6, second);
	asm_sub(a, R8, R9);
	trace_strike(a, t->memory);
	trace_note_pending(t, a);
}

/*
 * kfree_rcu() is a free for the module; some of the ways in which the kernel carries it
 * out later pass no tracepoint. The second argument is the object or, before 6.4, the
 * offset of the first within it.
 */
static void watch_free_rcu(struct trace *t)
{
	struct bpf_asm entry, probe;

	strike_rcu(t, &entry, 0, 8);
	strike_rcu(t, &probe, REGS_DI, REGS_SI);
	watch_release(t, "kvfree_call_rcu", &entry, &probe);
}

static void watch_free_many(struct trace *t)
{
	struct bpf_asm entry, probe;

	strike_many(t, &entry, 8, 16);
	strike_many(t, &probe, REGS_SI, REGS_DX);
	watch_release(t, "kmem_cache_free_bulk", &entry, &probe);
}

/*
 * The head of a socket buffer may be put by for the next one, without a word to the
 * allocator. These tell that nobody refers to it any more.
 */
static void watch_free_skb(struct trace *t)
{
	static const char *const functions[] = {"__kfree_skb_defer", /* before 6.5 */
						"skb_attempt_defer_free",
						"__napi_kfree_skb",
						"napi_skb_free_stolen_head"};
	struct bpf_asm entry, probe;

	watch_free(t, "skb/consume_skb", t->memory, 0, "skbaddr");
	watch_free(t, "skb/kfree_skb", t->memory, 0, "skbaddr");
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		strike_one(t, &entry, 0);
		strike_one(t, &probe, REGS_DI);
		watch_release(t, functions[i], &entry, &probe);
	}
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
	asm_count(&a, t->cells, CELL_VMALLOC, 1);
	prog = bpf_load(PROG_KPROBE, &a);
	trace_keep(t, prog, prog < 0 ? prog : bpf_attach_kprobe(prog, function), -1);
}

void trace_watch_memory(struct trace *t)
{
	/* Two tracepoints per allocator until 6.1, where a cache came in place of sizes.
	 */
	bool sizes = btf_args(t->btf, "btf_trace_kmalloc_node") > 0;
	struct allocation by_size = {0, 8, 16, -1}, by_cpu = {0, 56, 24, -1};
	struct allocation by_cache = by_size;

	if (!sizes)
		by_cache.cache_size = btf_member(t->btf, "kmem_cache", "object_size");

	/* There the function is folded into its callers: no call of vmalloc() passes it.
	 */
	t->vmalloc_unseen = sizes;
	/* First the frees: an object noted is one whose end will be seen. */
	watch_free(t, "kmem/kfree", t->memory, 1, "ptr");
	watch_free(t, "kmem/kmem_cache_free", t->memory, 1, "ptr");
	watch_free_many(t);
	watch_free_skb(t);
	watch_free_rcu(t);
	watch_alloc(t, "kmem/kmalloc", HELD_MEMORY, by_size, "bytes_req");
	if (sizes || by_cache.cache_size >= 0)
		watch_alloc(t, "kmem/kmem_cache_alloc", HELD_MEMORY, by_cache,
			    "bytes_req");
	if (sizes) {
		watch_alloc(t, "kmem/kmalloc_node", HELD_MEMORY, by_size, "bytes_req");
		watch_alloc(t, "kmem/kmem_cache_alloc_node", HELD_MEMORY, by_size,
			    "bytes_req");
	}
	/* With a call site, and so of use, since 5.19. */
	if (btf_args(t->btf, "btf_trace_percpu_alloc_percpu") == 11) {
		watch_free(t, "percpu/percpu_free_percpu", t->memory, 2, "ptr");
		watch_alloc(t, "percpu/percpu_alloc_percpu", HELD_PERCPU, by_cpu, "size");
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
	asm_mov_imm(&a, R3, 0);
	trace_note(t, &a, t->timers, HELD_TIMER);
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
	asm_mov_imm(&a, R3, 0);
	trace_note(t, &a, t->timers, HELD_HRTIMER);
	trace_attach(t, &a, "hrtimer_start");
}

void trace_watch_timers(struct trace *t)
{
	/* One that fires was not cancelled; one that starts itself again does so later.
	 */
	watch_free(t, "timer/timer_cancel", t->timers, 0, "timer");
	watch_free(t, "timer/timer_expire_entry", t->timers, 0, "timer");
	watch_free(t, "timer/hrtimer_cancel", t->timers, 0, "hrtimer");
	watch_free(t, "timer/hrtimer_expire_entry", t->timers, 0, "hrtimer");
	watch_timer(t);
	watch_hrtimer(t);
}

void trace_describe(uint64_t kind, uint64_t n, uint64_t bytes, struct leftover *l)
{
	static const char *const kinds[] = {[HELD_MEMORY] = "memory",
					    [HELD_PERCPU] = "percpu",
					    [HELD_VMALLOC] = "vmalloc",
					    [HELD_PAGES] = "pages",
					    [HELD_SEQ] = "memory"};
	const char *unit = kind == HELD_PERCPU ? "bytes per CPU" : "bytes";
	char many[48] = "";

	if (n > 1)
		snprintf(many, sizeof(many), " in %llu allocations",
			 (unsigned long long)n);
	snprintf(l->kind, sizeof(l->kind), "%s", kinds[kind]);
	snprintf(l->what, sizeof(l->what), "%llu %s%s", (unsigned long long)bytes, unit,
		 many);
	l->size = bytes;
}

/* A test may leave tens of thousands, and a system call for each took seconds. */
void trace_each(int map, held_fn fn, void *data)
{
	enum { MANY = 1024 };
	static uint64_t keys[MANY];
	static struct held values[MANY];
	uint32_t at = 0;
	int n;

	do {
		n = bpf_map_many(map, &at, keys, values, MANY);
		for (int i = 0; i < n; i++)
			fn(data, keys[i], &values[i]);
	} while (n >= 0 && at);
}
