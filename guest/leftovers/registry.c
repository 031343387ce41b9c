// SPDX-License-Identifier: GPL-2.0-only
/*
 * Things that stay in a list of the kernel and have no name in /proc or /sys, or one
 * that cannot be read safely once the module is gone: filesystem types, notifiers,
 * probes, hooks, sysctls, regions. Their register functions are watched at the exit,
 * where it is known whether they succeeded, and their unregister functions at the entry,
 * where the thing is whole still.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "registry.h"
#include "trace_code.h"
#include "trace_module.h"

enum success { ZERO, NOT_NULL, ALWAYS };

enum { RESULT = -1, NOTHING = -2 };

static const struct registry {
	const char *kind;
	const char *add, *remove;
	enum success success;
	int key, remove_key; /* number of the argument, or RESULT */
	/* What tells that it is the module's: a pointer in the argument, or the argument.
	 */
	int site;
	const char *site_struct, *site_member;
	/* Its name: a string, a pointer to one, or a string inside the argument. */
	int name;
	const char *name_struct, *name_member;
	bool name_inside;
	int home; /* the list it is in */
} registries[] = {
	{"filesystem", "register_filesystem", "unregister_filesystem", ZERO, 0, 0, 0,
	 "file_system_type", "name", 0, "file_system_type", "name", false, NOTHING},
	{"notifier", "blocking_notifier_chain_register",
	 "blocking_notifier_chain_unregister", ZERO, 1, 1, 1, "notifier_block",
	 "notifier_call", NOTHING, NULL, NULL, false, 0},
	{"notifier", "atomic_notifier_chain_register", "atomic_notifier_chain_unregister",
	 ZERO, 1, 1, 1, "notifier_block", "notifier_call", NOTHING, NULL, NULL, false, 0},
	{"notifier", "raw_notifier_chain_register", "raw_notifier_chain_unregister", ZERO,
	 1, 1, 1, "notifier_block", "notifier_call", NOTHING, NULL, NULL, false, 0},
	{"notifier", "srcu_notifier_chain_register", "srcu_notifier_chain_unregister",
	 ZERO, 1, 1, 1, "notifier_block", "notifier_call", NOTHING, NULL, NULL, false, 0},
	{"kprobe", "register_kprobe", "unregister_kprobe", ZERO, 0, 0, 0, NULL, NULL, 0,
	 "kprobe", "symbol_name", false, NOTHING},
	{"region", "__request_region", "__release_region", NOT_NULL, 1, 1, 3, NULL, NULL,
	 3, NULL, NULL, false, NOTHING},
	{"sysctl", "__register_sysctl_table", "unregister_sysctl_table", NOT_NULL, RESULT,
	 0, 2, NULL, NULL, 2, "ctl_table", "procname", false, NOTHING},
	{"nfhook", "nf_register_net_hook", "nf_unregister_net_hook", ZERO, 1, 1, 1,
	 "nf_hook_ops", "hook", NOTHING, NULL, NULL, false, NOTHING},
	{"packet", "dev_add_pack", "__dev_remove_pack", ALWAYS, 0, 0, 0, "packet_type",
	 "func", NOTHING, NULL, NULL, false, NOTHING},
	{"genl", "genl_register_family", "genl_unregister_family", ZERO, 0, 0, 0, NULL,
	 NULL, 0, "genl_family", "name", true, NOTHING},
	{"binfmt", "__register_binfmt", "unregister_binfmt", ALWAYS, 0, 0, 0,
	 "linux_binfmt", "load_binary", NOTHING, NULL, NULL, false, NOTHING},
	{"crypto", "crypto_register_alg", "crypto_unregister_alg", ZERO, 0, 0, 0, NULL,
	 NULL, 0, "crypto_alg", "cra_name", true, NOTHING},
	{"input", "input_register_handler", "input_unregister_handler", ZERO, 0, 0, 0,
	 "input_handler", "name", 0, "input_handler", "name", false, NOTHING},
};

enum { ROWS = sizeof(registries) / sizeof(registries[0]), MANY = 16 };

enum many { ONE, POINTERS, STRUCTS };

/*
 * Further ways out. A compiler may fold the plain function into these, which live in the
 * same file; an entry that left by one of them must not be taken for one that stayed.
 */
static const struct way_out {
	const char *function;
	enum many many; /* the argument is an array; their number is the next one */
	int key;
	const char *structure,
		*member; /* key is in there; of STRUCTS, what the array is of */
} ways_out[] = {
	{"unregister_kprobes", POINTERS, 0, NULL, NULL},
	{"unregister_kretprobe", ONE, 0, NULL, NULL},
	{"unregister_kretprobes", POINTERS, 0, NULL, NULL},
	{"unregister_die_notifier", ONE, 0, NULL, NULL},
	{"dev_remove_pack", ONE, 0, NULL, NULL},
	{"nf_unregister_net_hooks", STRUCTS, 1, "nf_hook_ops", NULL},
	{"crypto_unregister_algs", STRUCTS, 0, "crypto_alg", NULL},
	{"release_resource", ONE, 0, "resource", "start"},
};

static const char region_words[] = "range";

/* dst = argument @n, as a plain number: the verifier lets nothing be done to a pointer.
 */
static void argument(struct bpf_asm *a, int dst, int n)
{
	trace_peek(a, dst, BPF_DWORD, R6, n * 8);
}

/* dst = argument, or the pointer at @offset of it when that is not negative. */
static void value_of(struct bpf_asm *a, int dst, int n, int offset)
{
	argument(a, dst, n);
	if (offset >= 0)
		trace_peek(a, dst, BPF_DWORD, dst, offset);
}

static void put(struct bpf_asm *a, size_t member, int src)
{
	asm_store(a, BPF_DWORD, FP, VALUE + (int)member, src);
}

static void zero_name(struct bpf_asm *a)
{
	asm_mov_imm(a, R1, 0);
	for (size_t i = 0; i < sizeof(((struct entry *)0)->name); i += 8)
		put(a, offsetof(struct entry, name) + i, R1);
}

static int offset_of(const struct trace *t, const char *name, const char *member)
{
	return name ? btf_member(t->btf, name, member) : -1;
}

static void copy_name(const struct trace *t, struct bpf_asm *a, const struct registry *r)
{
	int offset = offset_of(t, r->name_struct, r->name_member);

	zero_name(a);
	if (r->name == NOTHING || (r->name_struct && offset < 0))
		return;
	value_of(a, R9, r->name, r->name_inside ? -1 : offset);
	if (r->name_inside)
		asm_add_imm(a, R9, offset);
	asm_mov(a, R1, FP);
	asm_add_imm(a, R1, VALUE + (int)offsetof(struct entry, name));
	asm_mov_imm(a, R2, (int)sizeof(((struct entry *)0)->name));
	asm_mov(a, R3, R9);
	asm_call(a, HELPER_READ_STRING);
}

static void leave_on_failure(struct bpf_asm *a, const struct registry *r, int n_args)
{
	if (r->success == ALWAYS)
		return;
	argument(a, R1, n_args);
	if (r->success == NOT_NULL) {
		asm_out_imm(a, JUMP_EQ, R1, 0);
		return;
	}
	trace_peek(a, R1, BPF_WORD, R6, n_args * 8); /* an int: the upper half is noise */
	asm_out_imm(a, JUMP_NE, R1, 0);
}

static void watch_add(struct trace *t, const struct registry *r)
{
	int n_args, function = btf_function(t->btf, r->add, &n_args);
	int site = offset_of(t, r->site_struct, r->site_member);
	struct bpf_asm a = {.n = 0};
	int prog, link;

	if (function < 0 || (r->site_struct && site < 0))
		return;
	asm_mov(&a, R6, R1);
	value_of(&a, R7, r->site, site);
	trace_only_modules(t, &a);
	leave_on_failure(&a, r, n_args);
	argument(&a, R8, r->key == RESULT ? n_args : r->key);
	asm_store(&a, BPF_DWORD, FP, KEY, R8);
	put(&a, offsetof(struct entry, site), R7);
	asm_mov_imm(&a, R1, (int)(r - registries));
	put(&a, offsetof(struct entry, row), R1);
	asm_mov_imm(&a, R7, 0);
	if (r->home != NOTHING)
		argument(&a, R7, r->home);
	put(&a, offsetof(struct entry, home), R7);
	trace_born(t, &a, VALUE + (int)offsetof(struct entry, born));
	copy_name(t, &a, r);
	trace_put(t, &a, t->entries);
	link = bpf_attach_function(&a, EDGE_EXIT, (uint32_t)function, &prog);
	trace_keep(t, prog, link, -1);
}

/* An array longer than we look at would leave its rest standing: say that we lost track.
 */
static void strike_many(const struct trace *t, struct bpf_asm *a, const struct way_out *w)
{
	int size = w->many == STRUCTS ? btf_size(t->btf, w->structure) : 8;
	unsigned int fits;

	for (int i = 0; i < MANY; i++) {
		trace_peek(a, R1, BPF_WORD, R6, (w->key + 1) * 8);
		asm_out_imm(a, JUMP_LE, R1, i);
		argument(a, R8, w->key);
		if (w->many == STRUCTS)
			asm_add_imm(a, R8, i * size);
		else
			trace_peek(a, R8, BPF_DWORD, R8, i * size);
		trace_strike(a, t->entries);
	}
	trace_peek(a, R1, BPF_WORD, R6, (w->key + 1) * 8);
	fits = asm_skip_imm(a, JUMP_LE, R1, MANY);
	asm_count(a, t->cells, CELL_LOST_TRACK, 1);
	asm_here(a, fits);
}

static int watch_way_out(struct trace *t, const struct way_out *w)
{
	int function = btf_function(t->btf, w->function, NULL);
	struct bpf_asm a = {.n = 0};
	int prog, link;

	if (function < 0)
		return function;
	asm_mov(&a, R6, R1);
	if (w->many == ONE) {
		value_of(&a, R8, w->key,
			 w->member ? offset_of(t, w->structure, w->member) : -1);
		trace_strike(&a, t->entries);
	} else {
		strike_many(t, &a, w);
	}
	link = bpf_attach_function(&a, EDGE_ENTRY, (uint32_t)function, &prog);
	trace_keep(t, prog, link, t->entries);
	return link;
}

/*
 * Nested tables (before 6.5) are taken back by a function that calls itself, of which the
 * compiler makes a part that no longer passes the entry and has no description.
 */
static void watch_nested_sysctl(struct trace *t)
{
	enum { REGS_DI = 112 };
	struct bpf_asm a = {.n = 0};
	int prog;

	asm_mov(&a, R6, R1);
	asm_load(&a, BPF_DWORD, R8, R6, REGS_DI);
	trace_strike(&a, t->entries);
	prog = bpf_load(PROG_KPROBE, &a);
	trace_keep(t, prog,
		   prog < 0 ? prog
			    : bpf_attach_kprobe(prog, "unregister_sysctl_table.part.0"),
		   t->entries);
}

/* What cannot be seen to go is not watched as it comes. */
void registry_watch(struct trace *t)
{
	for (unsigned int i = 0; i < sizeof(ways_out) / sizeof(ways_out[0]); i++)
		watch_way_out(t, &ways_out[i]);
	watch_nested_sysctl(t);
	for (unsigned int i = 0; i < ROWS; i++) {
		const struct registry *r = &registries[i];
		struct way_out w = {r->remove, ONE, r->remove_key, NULL, NULL};

		if (watch_way_out(t, &w) >= 0)
			watch_add(t, r);
	}
}

static void describe(const struct entry *e, uint64_t key, struct leftover *l)
{
	const struct registry *r = &registries[e->row];
	char home[SYMBOL_NAME] = "";

	snprintf(l->kind, sizeof(l->kind), "%s", r->kind);
	l->address = key;
	l->call_site = e->site;
	if (e->home)
		symbols_name(e->home, home, sizeof(home));
	if (home[0])
		snprintf(l->what, sizeof(l->what), "in %s", home);
	else if (!strcmp(r->kind, "region"))
		snprintf(l->what, sizeof(l->what), "%.47s %s 0x%llx", e->name,
			 region_words, (unsigned long long)key);
	else
		snprintf(l->what, sizeof(l->what), "%.47s",
			 e->name[0] ? e->name : r->add);
}

void registry_report(const struct trace *t, const struct leftover_range *ranges,
		     unsigned int n_ranges, leftover_fn report, void *data)
{
	uint64_t key, next, *from = NULL;
	struct place place;
	struct entry e;

	while (!bpf_map_next(t->entries, from, &next)) {
		struct leftover l = {.size = 0};

		key = next;
		from = &key;
		if (bpf_map_get(t->entries, &key, &e) || e.row >= ROWS ||
		    !trace_ours(t, ranges, n_ranges, e.site))
			continue;
		e.name[sizeof(e.name) - 1] = 0;
		describe(&e, key, &l);
		if (trace_place(t, e.site, e.born, &place))
			strcpy(l.module, place.module);
		report(data, &l);
	}
}
