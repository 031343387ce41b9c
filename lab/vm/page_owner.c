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

/* ---- the kernel's own data ---- */

static bool between(const struct page_owner *o, uint64_t address,
		    enum proto_layout_at from)
{
	return address >= get(o, from) &&
	       address < get(o, (enum proto_layout_at)(from + 1));
}

static bool in_data(const struct page_owner *o, uint64_t physical, uint64_t *at)
{
	*at = o->m->map->text + (physical - o->m->map->text_physical);
	return (between(o, *at, PROTO_DATA) || between(o, *at, PROTO_BSS)) &&
	       !between(o, *at, PROTO_BOUNDS);
}

/* ---- objects ---- */

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
	return w->at - w->object < used;
}

static bool is_slab_word(const struct page_owner *o, uint64_t physical,
			 struct word_owner *w)
{
	uint64_t size = get(o, PROTO_PAGE_SIZE);
	uint64_t page = o->vmemmap + physical / PAGE_BYTES * size;
	uint64_t head = head_of(o, page), cache;

	if (head < o->vmemmap || head > page || !is_slab(o, head))
		return false;
	cache = read_long(o, head + get(o, PROTO_PAGE_CACHE));
	w->at = o->direct + physical;
	return cache && read_name(o, cache, w->cache, sizeof(w->cache)) &&
	       is_zeroed(o, cache) &&
	       in_object(o, cache, o->direct + (head - o->vmemmap) / size * PAGE_BYTES,
			 w);
}

bool page_owner_find(const struct page_owner *o, uint64_t physical,
		     struct word_owner *ret)
{
	*ret = (struct word_owner){.object = 0};
	if (in_data(o, physical, &ret->at))
		return true;
	return is_slab_word(o, physical, ret);
}
