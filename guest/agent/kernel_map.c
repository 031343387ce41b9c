// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the kernel keeps its list of modules, for the host, which looks for itself once
 * the job is over. Asked before the save, when nothing of the job's has run yet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

#include "guest/leftovers/btf.h"
#include "steps.h"

/* "  01000000-01ffffff : Kernel code" */
static uint64_t physical_text(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/iomem", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, ": Kernel code"))
			return strtoull(line, NULL, 16);
	return 0;
}

static uint32_t count_modules(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/modules", "re");
	char line[512];
	uint32_t n = 0;

	while (f && fgets(line, sizeof(line), f))
		n++;
	return n;
}

/* The kernel shows the flag only where it uses five levels. */
static uint32_t page_levels(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/cpuinfo", "re");
	char line[4096];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "flags", 5))
			return strstr(line, " la57") ? 5 : 4;
	return 4;
}

static uint32_t offset(const struct btf *btf, const char *member)
{
	int at = btf_member(btf, "module", member);

	return at < 0 ? 0 : (uint32_t)at;
}

/* ---- what pages are used for ---- */

/* Of the symbols that may be there the first one counts. */
static const struct {
	enum proto_layout_at at;
	const char *symbol;
} places[] = {
	{PROTO_DATA, "__end_init_stack"}, /* since 6.11, */
	{PROTO_DATA, "__end_init_task"},  /* and before */
	{PROTO_DATA_END, "_edata"},	    {PROTO_BSS, "__bss_start"},
	{PROTO_BSS_END, "__bss_stop"},	    {PROTO_VMEMMAP, "vmemmap_base"},
	{PROTO_DIRECT, "page_offset_base"}, {PROTO_CALL_CHAINS, "callchain_cpus_entries"},
};

enum { PLACES = sizeof(places) / sizeof(*places) };

static const struct {
	enum proto_layout_at at;
	const char *structure, *member; /* of the first one that is there */
} members[] = {
	{PROTO_PAGE_FLAGS, "page", "flags"},
	{PROTO_PAGE_TYPE, "page", "page_type"},
	{PROTO_PAGE_HEAD, "page", "compound_info"}, /* since 7.1, */
	{PROTO_PAGE_HEAD, "page", "compound_head"}, /* and before */
	{PROTO_PAGE_CACHE, "slab", "slab_cache"},   /* since 5.17, */
	{PROTO_PAGE_CACHE, "page", "slab_cache"},   /* and before */
	{PROTO_CACHE_FLAGS, "kmem_cache", "flags"},
	{PROTO_CACHE_SIZE, "kmem_cache", "size"},
	{PROTO_CACHE_OBJECT_SIZE, "kmem_cache", "object_size"},
	{PROTO_CACHE_PAD, "kmem_cache", "red_left_pad"},
	{PROTO_CACHE_CTOR, "kmem_cache", "ctor"},
	{PROTO_CACHE_NAME, "kmem_cache", "name"},
	{PROTO_NODE_ACTIVE, "kernfs_node", "active"},
	{PROTO_ENTRY_IN_USE, "proc_dir_entry", "in_use"},
	{PROTO_WORKER_FUNC, "worker", "last_func"},
	{PROTO_WORKER_TASK, "worker", "task"},
};

static void place_members(const struct btf *btf, uint64_t *at)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		int found = btf_member(btf, members[i].structure, members[i].member);

		if (found > 0 && !at[members[i].at])
			at[members[i].at] = (uint64_t)found;
	}
}

static void place_symbols(uint64_t *at)
{
	struct symbol symbols[PLACES];

	for (size_t i = 0; i < PLACES; i++)
		symbols[i] = (struct symbol){.name = places[i].symbol};
	symbols_find(symbols, PLACES);
	for (size_t i = 0; i < PLACES; i++)
		if (!at[places[i].at])
			at[places[i].at] = symbols[i].address;
}

/* Variables that keep addresses of modules that are gone, by nobody's fault. */
static const char *const books[] = {
	"mod_tree",	 /* the bounds of all modules there ever were */
	"cur_orc_table", /* what was sorted last */
	"cur_orc_ip_table",
	"init_task",	     /* what debugging options note: the locks it took last, */
	"stack_trace",	     /* who took each lock first, */
	"kfence_metadata",   /* who made an object, and freed it, */
	"exec_summary_regs", /* and where it was when it crashed */
};

/* Each up to the symbol behind it. */
static void place_books(uint64_t *at)
{
	enum { N = sizeof(books) / sizeof(*books) };
	struct symbol symbols[N];

	_Static_assert(N <= PROTO_MAX_BOOKS, "they must fit");
	for (size_t i = 0; i < N; i++)
		symbols[i] = (struct symbol){.name = books[i]};
	symbols_find(symbols, N);
	symbols_end(symbols, N);
	for (size_t i = 0; i < N; i++) {
		at[PROTO_BOOKS + 2 * i] = symbols[i].address;
		at[PROTO_BOOKS + 2 * i + 1] = symbols[i].end;
	}
}

/* Pages of a slab are marked by a flag of their own, since 6.12 by their type. */
static void page_marks(const struct btf *btf, uint64_t *at)
{
	int reserved = btf_enum(btf, "pageflags", "PG_reserved");
	int flag = btf_enum(btf, "pageflags", "PG_slab");
	int type = btf_enum(btf, "pagetype", "PGTY_slab");
	int typesafe = btf_enum(btf, "_slab_flag_bits", "_SLAB_TYPESAFE_BY_RCU");

	at[PROTO_RESERVED] = reserved >= 0 ? 1ULL << reserved : 0;
	at[PROTO_SLAB_FLAG] = flag >= 0 ? 1ULL << flag : 0;
	at[PROTO_SLAB_TYPE] = flag < 0 && type > 0 ? (uint64_t)type : 0;
	/* An enumerator since 6.9; before it was this for long. */
	at[PROTO_CACHE_TYPESAFE] = typesafe >= 0 ? 1ULL << typesafe : 0x00080000;
}

void kernel_layout(struct proto_layout *ret)
{
	struct btf *btf = btf_open();
	uint64_t *at = ret->at;
	int page = btf_size(btf, "page");

	memset(ret, 0, sizeof(*ret));
	place_members(btf, at);
	place_symbols(at);
	page_marks(btf, at);
	at[PROTO_PAGE_SIZE] = page > 0 ? (uint64_t)page : 0;
	place_books(at);
	btf_close(btf);
}

/* ---- the list of modules ---- */

void kernel_map(struct proto_kernel_map *ret)
{
	struct symbol symbols[] = {
		{.name = "_text"}, {.name = "init_top_pgt"}, {.name = "modules"}};
	struct btf *btf = btf_open();

	symbols_find(symbols, 3);
	*ret = (struct proto_kernel_map){
		.text = symbols[0].address,
		.text_physical = physical_text(),
		.page_tables = symbols[1].address,
		.modules = symbols[2].address,
		.levels = page_levels(),
		.loaded = count_modules(),
		.state_at = offset(btf, "state"),
		.list_at = offset(btf, "list"),
		.name_at = offset(btf, "name"),
	};
	btf_close(btf);
}
