// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "trace_code.h"
#include "trace_module.h"
#include "trace_through.h"

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
	t->init_region = (unsigned int)l.n - 1;
	trace_begin(&a, R6);
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
	asm_count(&a, t->cells, CELL_LOADED, 1);
	asm_count(&a, t->cells, CELL_BORN, 1);
	trace_born(t, &a, MODULE_VALUE + (int)offsetof(struct loaded, born));
	trace_update(&a, t->modules, MODULE_VALUE);
	trace_code_loaded(t, &a, MODULE_VALUE, 0, l.n - 1);
	trace_attach(t, &a, "module_load");
}

static void watch_unload(struct trace *t)
{
	struct bpf_asm a;

	trace_begin(&a, R6);
	asm_count(&a, t->cells, CELL_LOADED, -1);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	asm_store(&a, BPF_DWORD, FP, KEY, R8);
	asm_map(&a, R1, t->modules);
	asm_mov(&a, R2, FP);
	asm_add_imm(&a, R2, KEY);
	asm_call(&a, HELPER_LOOKUP);
	asm_out_imm(&a, JUMP_EQ, R0, 0);
	asm_mov_imm(&a, R1, 1);
	asm_store(&a, BPF_DWORD, R0, offsetof(struct loaded, gone), R1);
	trace_attach(t, &a, "module_free");
}

void trace_watch_modules(struct trace *t)
{
	watch_load(t);
	watch_unload(t);
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

static bool is_known(const struct trace *t, const struct loaded *l)
{
	for (unsigned int i = 0; i < t->n_gone; i++)
		if (!memcmp(&t->gone[i], l, sizeof(*l)))
			return true;
	return false;
}

void trace_read_gone(struct trace *t)
{
	uint64_t key, next, *from = NULL;
	struct loaded l;

	while (t->n_gone < MODULES_MAX && !bpf_map_next(t->modules, from, &next)) {
		key = next;
		from = &key;
		if (!bpf_map_get(t->modules, &key, &l) && l.gone && !is_known(t, &l))
			t->gone[t->n_gone++] = l;
	}
}

static bool region_of(const struct loaded *l, uint64_t address, unsigned int *ret)
{
	for (*ret = 0; *ret < REGIONS; ++*ret)
		if (within(address, l->region[*ret].start, l->region[*ret].size))
			return true;
	return false;
}

bool trace_place(const struct trace *t, uint64_t address, uint64_t born,
		 struct place *ret)
{
	const struct loaded *best = NULL;
	unsigned int region;

	for (unsigned int i = 0; i < t->n_gone; i++) {
		const struct loaded *l = &t->gone[i];

		if (l->born > born || (best && best->born > l->born) ||
		    !region_of(l, address, &region))
			continue;
		best = l;
		*ret = (struct place){.region = region,
				      .offset = address - l->region[region].start};
		snprintf(ret->module, sizeof(ret->module), "%s", l->name);
	}
	return best;
}

static bool has_range(const struct proto_range *ranges, unsigned int n, uint64_t start_at,
		      uint64_t size)
{
	for (unsigned int i = 0; i < n; i++)
		if (ranges[i].start == start_at && ranges[i].size == size)
			return true;
	return false;
}

unsigned int trace_gone(const struct trace *t, struct proto_range *ret,
			const char *names[], unsigned int max)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < t->n_gone; i++)
		for (unsigned int j = 0; j < REGIONS && n < max; j++) {
			uint64_t from = t->gone[i].region[j].start;
			uint64_t size = t->gone[i].region[j].size;

			if (j == t->init_region || !from || !size ||
			    has_range(ret, n, from, size))
				continue;
			ret[n] = (struct proto_range){from, size};
			names[n++] = t->gone[i].name;
		}
	return n;
}
