// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

#include "sites.h"
#include "trace_held.h"
#include "trace_module.h"
#include "trace_state.h"
#include "trace_threads.h"

/* What one line of source holds. */
struct site {
	struct held held; /* of the first; size is the sum */
	uint64_t address, n;
	struct place place; /* .module "": of one that is still there */
};

/* What was allocated in a site's call by one of the modules that had its address. */
struct birth {
	uint64_t site, born;
	uint64_t bytes; /* in pages */
};

struct sites {
	struct trace *t;
	const struct leftover_range *ranges;
	unsigned int n_ranges;
	struct site site[SITES_MAX];
	unsigned int n;
	struct birth birth[SITES_MAX];
	unsigned int n_births;
};

struct sites *sites_create(struct trace *t, const struct leftover_range *ranges,
			   unsigned int n_ranges)
{
	struct sites *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->t = t;
	s->ranges = ranges;
	s->n_ranges = n_ranges;
	return s;
}

void sites_destroy(struct sites *s)
{
	free(s);
}

static bool ours(const struct sites *s, uint64_t address)
{
	return trace_ours(s->t, s->ranges, s->n_ranges, address);
}

static bool same_site(const struct site *s, const struct held *h, const struct place *p)
{
	return s->held.site == h->site && s->held.kind == h->kind &&
	       !strcmp(s->place.module, p->module);
}

static bool add_site(struct sites *s, const struct held *h, uint64_t address)
{
	struct place place = {.region = 0};
	unsigned int i = 0;

	trace_place(s->t, h->site, h->born, &place);
	while (i < s->n && !same_site(&s->site[i], h, &place))
		i++;
	if (i == SITES_MAX)
		return false;
	if (i == s->n)
		s->site[s->n++] = (struct site){
			{.site = h->site, .kind = h->kind}, address, 0, place};
	s->site[i].held.size += h->size;
	s->site[i].n++;
	return true;
}

struct gathering {
	struct sites *s;
	bool *partial;
};

static void gather_one(void *data, uint64_t key, const struct held *h)
{
	const struct gathering *g = data;

	if (!h->through && ours(g->s, h->site) && !add_site(g->s, h, key))
		*g->partial = true;
}

unsigned int sites_gather(struct sites *s, int map, bool *partial)
{
	struct gathering g = {s, partial};

	s->n = 0;
	trace_each(map, gather_one, &g);
	return s->n;
}

static void add_birth(void *data, uint64_t key, const struct held *h)
{
	struct sites *s = data;
	unsigned int i = 0;

	(void)key;
	if (!h->through || !ours(s, h->site))
		return;
	while (i < s->n_births &&
	       (s->birth[i].site != h->site || s->birth[i].born != h->born))
		i++;
	if (i == SITES_MAX)
		return;
	if (i == s->n_births)
		s->birth[s->n_births++] = (struct birth){h->site, h->born, 0};
	if (h->kind == HELD_PAGES)
		s->birth[i].bytes += 4096ULL << h->size;
}

/* The kernel's list does not say when: what was allocated on the way does. */
static uint64_t take_birth(struct sites *s, uint64_t site, uint64_t bytes)
{
	struct birth *best = NULL;

	for (unsigned int i = 0; i < s->n_births; i++) {
		struct birth *b = &s->birth[i];

		if (b->site == site && (!best || best->bytes < bytes ||
					(b->bytes >= bytes && b->bytes < best->bytes)))
			best = b;
	}
	if (!best)
		return BORN_NOW;
	best->bytes -= best->bytes < bytes ? best->bytes : bytes;
	return best->born;
}

/* "0xSTART-0xEND SIZE CALLER pages=N ...": the caller is a bare number when its module is
 * gone; the size has a guard page in it. */
static bool parse_area(const char *line, struct held *h, uint64_t *address)
{
	const char *at = strstr(line, " pages=");
	unsigned long long start, size, caller, pages;

	if (sscanf(line, "0x%llx-%*s %llu 0x%llx", &start, &size, &caller) != 3)
		return false;
	if (at && sscanf(at, " pages=%llu", &pages) == 1)
		size = pages * 4096;
	else if (size > 4096)
		size -= 4096; /* mapped, not allocated: a guard page is behind it */
	*h = (struct held){.site = caller, .size = size, .kind = HELD_VMALLOC};
	/* It may be a hash of itself. */
	*address = start >> 47 ? start : 0;
	return true;
}

unsigned int sites_gather_vmalloc(struct sites *s, bool *partial)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/vmallocinfo", "re");
	uint64_t address;
	char line[512];
	struct held h;

	s->n = s->n_births = 0;
	trace_each(s->t->pages, add_birth, s);
	trace_each(s->t->memory, add_birth, s);
	while (f && fgets(line, sizeof(line), f)) {
		if (!parse_area(line, &h, &address) || !ours(s, h.site))
			continue;
		h.born = take_birth(s, h.site, h.size);
		if (!add_site(s, &h, address))
			*partial = true;
	}
	return s->n;
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
 * A release by an interrupt may still go by unseen on kernels since 7.0: while the
 * program that cannot be preempted was at work below it, and those that can be were, too.
 * That it was of all things what a module holds is less likely by orders of magnitude, so
 * few of them take no claim back, and the run's note tells of them. When there were many
 * (on any kernel: what is known is a bound, and a loose one), a site must hold more than
 * those; of memory further lives tell. Where nothing is held nothing was missed.
 */
enum { FEW_UNSEEN = 8 };

bool sites_certain(uint64_t held, uint64_t unseen)
{
	return unseen <= FEW_UNSEEN || held > unseen;
}

void sites_report(struct sites *s, uint64_t unseen, leftover_fn report, void *data,
		  bool *partial)
{
	struct suspects *suspects = &s->t->suspects;

	for (unsigned int i = 0; i < s->n; i++) {
		const struct site *site = &s->site[i];
		struct leftover l = {.address = site->address,
				     .call_site = site->held.site};

		strcpy(l.module, site->place.module);
		if (!sites_certain(site->n, unseen) && site->held.kind <= HELD_VMALLOC) {
			suspects->doubt = true;
			continue;
		}
		suspects_known(suspects, site->held.site, l.module);
		*partial |= unseen > 0;
		if (!sites_certain(site->n, unseen))
			continue;
		if (site->held.kind <= HELD_VMALLOC)
			trace_describe(site->held.kind, site->n, site->held.size, &l);
		else if (site->held.kind == HELD_STOP)
			trace_describe_stop(&site->held, &l);
		else
			describe_timer(site, &l);
		report(data, &l);
	}
}
