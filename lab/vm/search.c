// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <string.h>

#include "page_owner.h"
#include "search.h"

enum { PAGE_BYTES = 4096, WORDS = PAGE_BYTES / 8 };

/* A guest that is full of such words, or names ranges to match, must not keep us. */
#define MAX_WORDS   1024     /* looked at closely, */
#define MAX_MATCHES 50000000 /* and compared with a range */

/* What a module did not free may point to it from everywhere; this leaves some room. */
#define MAX_OBJECTS (PROTO_MAX_HOLDERS * 3 / 4)

struct search {
	struct page_owner owner;
	int ram; /* the template's memory */
	const struct proto_range *ranges;
	size_t n_ranges;
	uint64_t from, span; /* all of them */
	struct proto_holder *ret;
	size_t n, n_objects, words, matches;
};

static bool within(const struct proto_range *r, uint64_t value)
{
	return value - r->start < r->size;
}

/* What was there before the module was is no pointer to it. */
static bool was_there(const struct search *s, uint64_t value, uint64_t offset)
{
	uint64_t before;

	return pread(s->ram, &before, sizeof(before), (off_t)offset) == sizeof(before) &&
	       before == value;
}

/*
 * Has the address come to be used again, by another module or for generated code? Memory
 * of modules is unmapped when it is freed; in what stays mapped, for code, breakpoints
 * are put then. An object is not asked for unless it is there.
 */
static bool is_used_again(const struct search *s, uint64_t value)
{
	uint64_t bytes;

	return !page_owner_is_direct(&s->owner, value) &&
	       guest_memory_read(s->owner.m, value & ~7ULL, &bytes, sizeof(bytes)) == 0 &&
	       bytes != 0xccccccccccccccccULL;
}

static void add(struct search *s, size_t range, uint64_t value, uint64_t offset)
{
	const struct proto_range *r = &s->ranges[range];
	struct proto_holder *h = &s->ret[s->n];
	struct word_owner w;

	if (s->n == PROTO_MAX_HOLDERS || s->words++ >= MAX_WORDS ||
	    was_there(s, value, offset) ||
	    !page_owner_find(&s->owner, guest_memory_physical(s->owner.m, offset), &w))
		return;
	/* Where memory for modules is shared out, its parts are known by their start. */
	if ((w.object && (value == r->start || s->n_objects == MAX_OBJECTS)) ||
	    is_used_again(s, value))
		return;
	s->n_objects += w.object != 0;
	*h = (struct proto_holder){.at = w.at,
				   .object = w.object,
				   .offset = value - r->start,
				   .range = (uint32_t)range,
				   .size = w.size};
	memcpy(h->cache, w.cache, sizeof(h->cache));
	s->n++;
}

static void look_at_word(struct search *s, uint64_t value, uint64_t offset)
{
	s->matches += s->n_ranges;
	for (size_t i = 0; i < s->n_ranges; i++)
		if (within(&s->ranges[i], value)) {
			add(s, i, value, offset);
			return;
		}
}

static void look_at_page(void *data, uint64_t offset, const char *bytes)
{
	struct search *s = data;
	const uint64_t *words = (const uint64_t *)(const void *)bytes;
	uint64_t from = s->from, span = s->span;
	unsigned int any = 0;

	if (s->words >= MAX_WORDS || s->matches >= MAX_MATCHES)
		return;
	for (size_t i = 0; i < WORDS; i++)
		any |= words[i] - from < span;
	for (size_t i = 0; any && i < WORDS; i++)
		if (words[i] - from < span)
			look_at_word(s, words[i], offset + i * 8);
}

static void find_hull(struct search *s)
{
	uint64_t from = UINT64_MAX, to = 0;

	for (size_t i = 0; i < s->n_ranges; i++) {
		const struct proto_range *r = &s->ranges[i];

		if (!r->size)
			continue;
		from = r->start < from ? r->start : from;
		to = r->start + r->size > to ? r->start + r->size : to;
	}
	s->from = from;
	s->span = to > from ? to - from : 0;
}

int search_pointers(const struct vm *vm, const struct lab_template *t,
		    const struct proto_range *ranges, size_t n, struct proto_holder *ret)
{
	struct search s = {.ranges = ranges, .n_ranges = n, .ret = ret};
	_cleanup_free_ char *ram = xprintf("%s/" LAB_RAM_FILE, t->dir);
	_cleanup_close_ int fd = open(ram, O_RDONLY | O_CLOEXEC);
	struct guest_memory m;
	int err = guest_memory_open(&m, vm->pid, t->memory_mib, &t->map);

	s.ram = fd;
	if (!err && fd < 0)
		err = -errno;
	if (!err && !page_owner_init(&s.owner, &m, &t->layout))
		err = -ENXIO;
	if (err)
		return err;
	find_hull(&s);
	err = guest_memory_written(&m, look_at_page, &s);
	return err ? err : (int)s.n;
}
