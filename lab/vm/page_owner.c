// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <string.h>

#include "page_owner.h"

enum { PAGE_BYTES = 4096 };

static uint64_t get(const struct page_owner *o, enum proto_layout_at which)
{
	return o->layout->at[which];
}

static bool read_at(const struct page_owner *o, uint64_t address, void *to, size_t len)
{
	return guest_memory_read(o->m, address, to, len) == 0;
}

static uint64_t read_long(const struct page_owner *o, uint64_t address)
{
	uint64_t value = 0;

	read_at(o, address, &value, sizeof(value));
	return value;
}

static uint32_t read_int(const struct page_owner *o, uint64_t address)
{
	uint32_t value = 0;

	read_at(o, address, &value, sizeof(value));
	return value;
}

bool page_owner_init(struct page_owner *o, const struct guest_memory *m,
		     const struct proto_layout *layout)
{
	*o = (struct page_owner){.m = m, .layout = layout};
	if (!get(o, PROTO_VMEMMAP) || !get(o, PROTO_DIRECT) || !get(o, PROTO_PAGE_SIZE))
		return false;
	o->vmemmap = read_long(o, get(o, PROTO_VMEMMAP));
	o->direct = read_long(o, get(o, PROTO_DIRECT));
	return o->vmemmap && o->direct;
}

static uint64_t page_of(const struct page_owner *o, uint64_t physical)
{
	return o->vmemmap + physical / PAGE_BYTES * get(o, PROTO_PAGE_SIZE);
}

/* With a hole below 4 GiB. */
bool page_owner_is_direct(const struct page_owner *o, uint64_t address)
{
	return address - o->direct < o->m->size + (4ULL << 30);
}

/* ---- the kernel's own data ---- */

static bool between(const struct page_owner *o, uint64_t address,
		    enum proto_layout_at from)
{
	return address >= get(o, from) &&
	       address < get(o, (enum proto_layout_at)(from + 1));
}

static bool in_books(const struct page_owner *o, uint64_t address)
{
	for (int i = PROTO_BOOKS; i < PROTO_BOOKS_END; i += 2)
		if (between(o, address, (enum proto_layout_at)i))
			return true;
	return false;
}

/* Parts of the image that are needed no longer are given to the allocator of pages. */
static bool is_reserved(const struct page_owner *o, uint64_t physical)
{
	return read_long(o, page_of(o, physical) + get(o, PROTO_PAGE_FLAGS)) &
	       get(o, PROTO_RESERVED);
}

static bool in_data(const struct page_owner *o, uint64_t physical, uint64_t *at)
{
	*at = o->m->map->text + (physical - o->m->map->text_physical);
	return (between(o, *at, PROTO_DATA) || between(o, *at, PROTO_BSS)) &&
	       !in_books(o, *at) && is_reserved(o, physical);
}

/* ---- slabs ---- */

/*
 * The first of a page's siblings. Others lead to it: by its address, or, since 7.1 and
 * where struct page has a size to suit, by a mask for their own.
 */
static uint64_t head_of(const struct page_owner *o, uint64_t page)
{
	uint64_t info = read_long(o, page + get(o, PROTO_PAGE_HEAD));

	if (!(info & 1))
		return page;
	if (info - 1 >= o->vmemmap && info - 1 < page)
		return info - 1;
	return page & info;
}

static bool is_slab(const struct page_owner *o, uint64_t page)
{
	uint64_t flag = get(o, PROTO_SLAB_FLAG), type = get(o, PROTO_SLAB_TYPE);

	if (flag)
		return read_long(o, page + get(o, PROTO_PAGE_FLAGS)) & flag;
	return type && read_int(o, page + get(o, PROTO_PAGE_TYPE)) >> 24 == type;
}

static bool read_name(const struct page_owner *o, uint64_t cache, char *name, size_t size)
{
	uint64_t at = read_long(o, cache + get(o, PROTO_CACHE_NAME));

	for (size_t i = 0; i < size; i++) {
		if (i + 1 == size)
			name[i] = '\0';
		else if (!read_at(o, at + i, name + i, 1))
			return false;
		if (!name[i])
			return i > 0;
		if (!isgraph((unsigned char)name[i]))
			return false;
	}
	return true;
}

/*
 * With init_on_free the kernel zeroes what is freed, but not where readers may still look
 * at it, or where a constructor has made it. Of what a debugging option puts between the
 * objects nothing is known.
 */
static bool is_zeroed(const struct page_owner *o, uint64_t cache)
{
	return !(read_int(o, cache + get(o, PROTO_CACHE_FLAGS)) &
		 get(o, PROTO_CACHE_TYPESAFE)) &&
	       !read_long(o, cache + get(o, PROTO_CACHE_CTOR)) &&
	       !read_int(o, cache + get(o, PROTO_CACHE_PAD));
}

static bool in_object(const struct page_owner *o, uint64_t cache, uint64_t base,
		      struct word_owner *w)
{
	uint32_t size = read_int(o, cache + get(o, PROTO_CACHE_SIZE));
	uint32_t used = read_int(o, cache + get(o, PROTO_CACHE_OBJECT_SIZE));

	if (!size)
		return false;
	w->object = w->at - (w->at - base) % size;
	w->size = used;
	return w->at - w->object < used;
}

/* The cache whose slab has this page, and where the slab begins; 0: none. */
static uint64_t cache_of(const struct page_owner *o, uint64_t physical, uint64_t *base)
{
	uint64_t page = page_of(o, physical), head = head_of(o, page);

	if (head < o->vmemmap || head > page || !is_slab(o, head))
		return 0;
	*base = o->direct + (head - o->vmemmap) / get(o, PROTO_PAGE_SIZE) * PAGE_BYTES;
	return read_long(o, head + get(o, PROTO_PAGE_CACHE));
}

/* ---- objects that keep old addresses, by nobody's fault ---- */

/* Taken out of its tree, it waits for the last inode that knows it. */
static bool is_removed_node(const struct page_owner *o, const struct word_owner *w)
{
	return !strcmp(w->cache, "kernfs_node_cache") &&
	       (int32_t)read_int(o, w->object + get(o, PROTO_NODE_ACTIVE)) < 0;
}

static bool is_removed_entry(const struct page_owner *o, const struct word_owner *w)
{
	return !strcmp(w->cache, "proc_dir_entry") &&
	       (int32_t)read_int(o, w->object + get(o, PROTO_ENTRY_IN_USE)) < 0;
}

/* Where the sections of a module were, also those that are freed after its init function.
 */
static bool is_list_of_sections(const struct page_owner *o, const struct word_owner *w)
{
	static const char name[] = "sections";
	char found[sizeof(name)];

	return read_at(o, read_long(o, w->object), found, sizeof(found)) &&
	       !memcmp(found, name, sizeof(name));
}

static bool is_task(const struct page_owner *o, uint64_t address)
{
	uint64_t base, cache;
	char name[16];

	if (!page_owner_is_direct(o, address))
		return false;
	cache = cache_of(o, address - o->direct, &base);
	return cache && read_name(o, cache, name, sizeof(name)) &&
	       !strcmp(name, "task_struct");
}

/* A worker of the kernel's notes what it ran last; its task tells that it is one. */
static bool is_last_work(const struct page_owner *o, const struct word_owner *w)
{
	return w->at - w->object == get(o, PROTO_WORKER_FUNC) &&
	       is_task(o, read_long(o, w->object + get(o, PROTO_WORKER_TASK)));
}

/* In these an address may be no pointer, or one that nobody follows. */
static bool is_odd_cache(const char *name)
{
	static const char *const odd[] = {
		"vmap_area",	       "maple_node", /* bounds of areas */
		"task_struct",	       "kmemleak_object",
		"debug_objects_cache", /* what debugging options note */
		"trace_event_file",    /* kept while its directory is remembered */
	};

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		if (!strcmp(odd[i], name))
			return true;
	return false;
}

/* Where perf and our own programs look at stacks (trace_through.c); struct
 * callchain_cpus_entries is the same from 5.10 to 7.2. */
static bool is_call_chain(const struct page_owner *o, const struct word_owner *w)
{
	enum { RCU_HEAD = 16, CPUS = 64 };
	uint64_t variable = get(o, PROTO_CALL_CHAINS);
	uint64_t chains = variable ? read_long(o, variable) : 0;

	for (uint64_t i = 0; chains && i < CPUS; i++)
		if (read_long(o, chains + RCU_HEAD + 8 * i) == w->object)
			return true;
	return false;
}

static bool is_history(const struct page_owner *o, const struct word_owner *w)
{
	return is_odd_cache(w->cache) || is_removed_node(o, w) ||
	       is_removed_entry(o, w) || is_last_work(o, w) ||
	       is_list_of_sections(o, w) || is_call_chain(o, w);
}

static bool is_slab_word(const struct page_owner *o, uint64_t physical,
			 struct word_owner *w)
{
	uint64_t base = 0, cache = cache_of(o, physical, &base);

	w->at = o->direct + physical;
	return cache && read_name(o, cache, w->cache, sizeof(w->cache)) &&
	       is_zeroed(o, cache) && in_object(o, cache, base, w) && !is_history(o, w);
}

bool page_owner_find(const struct page_owner *o, uint64_t physical,
		     struct word_owner *ret)
{
	*ret = (struct word_owner){.object = 0};
	if (in_data(o, physical, &ret->at))
		return true;
	return is_slab_word(o, physical, ret);
}
