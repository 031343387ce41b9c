// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "trace_state.h"

void trace_keep(struct trace *t, int prog, int link, bool strikes)
{
	if (link >= 0 && t->n_links < LINKS_MAX)
		t->link[t->n_links++] = link;
	if (prog >= 0 && link >= 0 && strikes && t->n_strikers < LINKS_MAX)
		t->striker[t->n_strikers++] = (struct striker){.prog = {prog, -1}};
	else if (prog >= 0)
		close(prog); /* its link holds it */
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

static void attach(struct trace *t, struct bpf_asm *a, const char *tracepoint)
{
	int prog = bpf_load(PROG_RAW_TRACEPOINT, a);

	trace_keep(t, prog, prog < 0 ? prog : bpf_attach(prog, tracepoint), false);
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
	attach(t, &a, tracepoint);
}

static int attach_striker(const struct trace *t, const char *tracepoint, int map,
			  int ptr_arg, int *prog)
{
	struct bpf_asm a;

	start(&a, R6);
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
	attach(t, &a, "timer_start");
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
	attach(t, &a, "hrtimer_start");
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
	attach(t, &a, "module_load");
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
	attach(t, &a, "module_free");
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

static int find_symbols(struct trace *t)
{
	struct symbol s[] = {{"_end", 0}, {"delayed_work_timer_fn", 0}};
	int err = symbols_find(s, 2);

	t->modules_from = s[0].address;
	t->delayed_work = s[1].address;
	return err ? err : t->modules_from ? 0 : -ENOENT;
}

static int make_maps(struct trace *t)
{
	t->memory = bpf_map(MAP_HASH, 8, sizeof(struct held), HELD_MAX);
	t->timers = bpf_map(MAP_HASH, 8, sizeof(struct held), TIMERS_MAX);
	t->modules = bpf_map(MAP_HASH, 8, sizeof(struct loaded), MODULES_MAX);
	t->cells = bpf_map(MAP_ARRAY, 4, CELLS * 8, 1);
	t->entries = bpf_map(MAP_HASH, 8, sizeof(struct entry), ENTRIES_MAX);
	return t->memory < 0 || t->timers < 0 || t->modules < 0 || t->cells < 0 ||
			       t->entries < 0
		       ? -EINVAL
		       : 0;
}

static void watch_all(struct trace *t)
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

struct trace *trace_start(const struct btf *btf)
{
	struct rlimit before = {0}, none = {RLIM_INFINITY, RLIM_INFINITY};
	struct trace *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->memory = t->timers = t->modules = t->cells = t->entries = -1;
	t->btf = btf;
	/* Before 5.11 maps and programs count as locked memory. */
	getrlimit(RLIMIT_MEMLOCK, &before);
	setrlimit(RLIMIT_MEMLOCK, &none);
	if (find_symbols(t) || make_maps(t)) {
		trace_stop(t);
		t = NULL;
	} else {
		watch_all(t);
		trace_clear(t);
		t->btf = NULL;
	}
	setrlimit(RLIMIT_MEMLOCK, &before);
	return t;
}

static void clear_map(int map)
{
	uint64_t key;

	while (!bpf_map_next(map, NULL, &key) && !bpf_map_delete(map, &key))
		;
}

static uint64_t cell(const struct trace *t, enum cell which)
{
	uint64_t cells[CELLS] = {0};
	uint32_t zero = 0;

	bpf_map_get(t->cells, &zero, cells);
	return cells[which];
}

/* Releases that no program saw, since the last clear; at most. */
static uint64_t releases_unseen(const struct trace *t)
{
	uint64_t sum = cell(t, CELL_NOT_STRUCK) - t->not_struck;

	for (unsigned int i = 0; i < t->n_strikers; i++) {
		const struct striker *s = &t->striker[i];
		uint64_t first = bpf_missed(s->prog[0]) - s->missed[0], second = first;

		if (s->prog[1] >= 0)
			second = bpf_missed(s->prog[1]) - s->missed[1];
		sum += first < second ? first : second;
	}
	return sum;
}

void trace_clear(struct trace *t)
{
	clear_map(t->memory);
	clear_map(t->timers);
	clear_map(t->modules);
	clear_map(t->entries);
	for (unsigned int i = 0; i < t->n_strikers; i++)
		for (int j = 0; j < 2 && t->striker[i].prog[j] >= 0; j++)
			t->striker[i].missed[j] = bpf_missed(t->striker[i].prog[j]);
	t->not_struck = cell(t, CELL_NOT_STRUCK);
	t->lost = cell(t, CELL_LOST_TRACK);
	t->vmalloc = cell(t, CELL_VMALLOC);
	t->no_room = cell(t, CELL_NO_ROOM);
	t->n_gone = 0;
}

static bool within(uint64_t address, uint64_t start_at, uint64_t size)
{
	return address - start_at < size;
}

bool trace_ours(const struct trace *t, const struct leftover_range *ranges,
		unsigned int n_ranges, uint64_t address)
{
	for (unsigned int i = 0; i < n_ranges; i++)
		if (address >= ranges[i].start && address < ranges[i].end)
			return true;
	for (unsigned int i = 0; t && i < t->n_gone; i++)
		for (unsigned int j = 0; j < REGIONS; j++)
			if (within(address, t->gone[i].region[j].start,
				   t->gone[i].region[j].size))
				return true;
	return false;
}

static void read_gone(struct trace *t)
{
	uint64_t key, next, *from = NULL;

	t->n_gone = 0;
	while (t->n_gone < MODULES_MAX && !bpf_map_next(t->modules, from, &next)) {
		key = next;
		from = &key;
		if (!bpf_map_get(t->modules, &key, &t->gone[t->n_gone]) &&
		    t->gone[t->n_gone].gone)
			t->n_gone++;
	}
}

/* What one line of source holds. */
struct site {
	struct held held; /* of the first; size is the sum */
	uint64_t address, n;
};

struct sites {
	struct site site[SITES_MAX];
	unsigned int n;
};

static bool add_site(struct sites *s, const struct held *h, uint64_t address)
{
	unsigned int i = 0;

	while (i < s->n &&
	       (s->site[i].held.site != h->site || s->site[i].held.kind != h->kind))
		i++;
	if (i == SITES_MAX)
		return false;
	if (i == s->n)
		s->site[s->n++] = (struct site){{h->site, 0, h->kind}, address, 0};
	s->site[i].held.size += h->size;
	s->site[i].n++;
	return true;
}

static void gather(const struct trace *t, int map, const struct leftover_range *ranges,
		   unsigned int n_ranges, struct sites *s, bool *partial)
{
	uint64_t key, next, *from = NULL;
	struct held h;

	s->n = 0;
	while (!bpf_map_next(map, from, &next)) {
		key = next;
		from = &key;
		if (!bpf_map_get(map, &key, &h) &&
		    trace_ours(t, ranges, n_ranges, h.site) && !add_site(s, &h, key))
			*partial = true;
	}
}

/* "0xSTART-0xEND SIZE CALLER pages=N ...": the caller is a bare number when its module is
 * gone; the size has a guard page in it. */
static void gather_vmalloc(const struct trace *t, const struct leftover_range *ranges,
			   unsigned int n_ranges, struct sites *s, bool *partial)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/vmallocinfo", "re");
	unsigned long long address, size, caller, pages;
	char line[512];

	s->n = 0;
	while (f && fgets(line, sizeof(line), f)) {
		const char *at = strstr(line, " pages=");
		struct held h;

		if (sscanf(line, "0x%llx-%*s %llu 0x%llx", &address, &size, &caller) !=
			    3 ||
		    !trace_ours(t, ranges, n_ranges, caller))
			continue;
		if (at && sscanf(at, " pages=%llu", &pages) == 1)
			size = pages * 4096;
		h = (struct held){caller, size, HELD_VMALLOC};
		/* The address may be a hash of itself. */
		if (!add_site(s, &h, address >> 47 ? address : 0))
			*partial = true;
	}
}

static void describe_memory(const struct site *s, struct leftover *l)
{
	static const char *const kinds[] = {"memory", "percpu", "vmalloc"};
	const char *unit = s->held.kind == HELD_PERCPU ? "bytes per CPU" : "bytes";

	snprintf(l->kind, sizeof(l->kind), "%s", kinds[s->held.kind]);
	l->size = s->held.size;
	if (s->n == 1)
		snprintf(l->what, sizeof(l->what), "%llu %s", (unsigned long long)l->size,
			 unit);
	else
		snprintf(l->what, sizeof(l->what), "%llu %s in %llu allocations",
			 (unsigned long long)l->size, unit, (unsigned long long)s->n);
}

static void describe_timer(const struct site *s, struct leftover *l)
{
	bool work = s->held.kind == HELD_TIMER && s->held.size;

	snprintf(l->kind, sizeof(l->kind), "%s", work ? "work" : "timer");
	snprintf(l->what, sizeof(l->what), "%s still pending",
		 work				? "delayed work"
		 : s->held.kind == HELD_HRTIMER ? "hrtimer"
						: "timer");
}

/*
 * A release may still go by unseen, when a hash bucket is busy or interrupts nest. That
 * it was of all things what a module holds is less likely by orders of magnitude, so few
 * of them take no claim back; when there were many, a site must hold more than those. In
 * both cases the run's note tells of them. Where nothing is held nothing was missed.
 */
enum { FEW_UNSEEN = 8 };

static bool still_certain(uint64_t held, uint64_t unseen)
{
	return unseen <= FEW_UNSEEN || held > unseen;
}

static void report_sites(const struct sites *s, uint64_t unseen, leftover_fn report,
			 void *data, bool *partial)
{
	*partial |= s->n && unseen;
	for (unsigned int i = 0; i < s->n; i++) {
		const struct site *site = &s->site[i];
		struct leftover l = {.address = site->address,
				     .call_site = site->held.site};

		if (!still_certain(site->n, unseen))
			continue;
		if (site->held.kind <= HELD_VMALLOC)
			describe_memory(site, &l);
		else
			describe_timer(site, &l);
		report(data, &l);
	}
}

/* A grace period and a moment for its callbacks: what RCU frees is no leak. */
static void let_rcu_finish(void)
{
	enum { MEMBARRIER_GLOBAL = 1, MOMENT_US = 20000, ROUNDS = 20 };
	struct timespec from, to;
	long late = 1;

	/* Late ourselves, we know that the callbacks may not have had their moment. */
	for (int i = 0; i < ROUNDS && late > 0; i++) {
		syscall(SYS_membarrier, MEMBARRIER_GLOBAL, 0, 0);
		clock_gettime(CLOCK_MONOTONIC, &from);
		usleep(MOMENT_US);
		clock_gettime(CLOCK_MONOTONIC, &to);
		late = (to.tv_sec - from.tv_sec) * 1000000 +
		       (to.tv_nsec - from.tv_nsec) / 1000 - 3 * MOMENT_US;
	}
}

void trace_collect(struct trace *t, const struct leftover_range *ranges,
		   unsigned int n_ranges, leftover_fn report, void *data, bool *partial)
{
	struct sites *s = malloc(sizeof(*s));
	bool certain;

	if (!s || !t) {
		free(s);
		*partial = true;
		return;
	}
	read_gone(t);
	gather(t, t->memory, ranges, n_ranges, s, partial);
	if (s->n) {
		let_rcu_finish();
		gather(t, t->memory, ranges, n_ranges, s, partial);
	}
	*partial |= cell(t, CELL_NO_ROOM) != t->no_room;
	report_sites(s, releases_unseen(t), report, data, partial);
	if (t->vmalloc_unseen || cell(t, CELL_VMALLOC) != t->vmalloc) {
		gather_vmalloc(t, ranges, n_ranges, s, partial);
		report_sites(s, 0, report, data, partial);
	}
	gather(t, t->timers, ranges, n_ranges, s, partial);
	report_sites(s, releases_unseen(t), report, data, partial);
	certain = cell(t, CELL_LOST_TRACK) == t->lost &&
		  still_certain(0, releases_unseen(t));
	*partial |= !certain;
	if (certain)
		registry_report(t, ranges, n_ranges, report, data);
	free(s);
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void trace_stop(struct trace *t)
{
	if (!t)
		return;
	for (unsigned int i = 0; i < t->n_links; i++)
		close(t->link[i]);
	for (unsigned int i = 0; i < t->n_strikers; i++) {
		close(t->striker[i].prog[0]);
		close_fd(t->striker[i].prog[1]);
	}
	close_fd(t->memory);
	close_fd(t->timers);
	close_fd(t->modules);
	close_fd(t->cells);
	close_fd(t->entries);
	free(t);
}
