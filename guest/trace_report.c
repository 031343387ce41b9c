// SPDX-License-Identifier: GPL-2.0-only
/* What is still held, put together by the place that took it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "trace_state.h"

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
 * A release goes by unseen when an interrupt frees something while our program runs on
 * that CPU: about one run in two hundred has one. That it was of all things what a module
 * holds is less likely by orders of magnitude, so few of them take no claim back (the
 * run's note tells of them); when there were many, a site must hold more than those.
 */
enum { FEW_UNSEEN = 8 };

static bool still_certain(uint64_t held, uint64_t unseen)
{
	return unseen <= FEW_UNSEEN || held > unseen;
}

static void report_sites(const struct sites *s, uint64_t unseen, leftover_fn report,
			 void *data)
{
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
	enum { MEMBARRIER_GLOBAL = 1 };

	syscall(SYS_membarrier, MEMBARRIER_GLOBAL, 0, 0);
	usleep(20000);
}

void trace_collect(struct trace *t, const struct leftover_range *ranges,
		   unsigned int n_ranges, leftover_fn report, void *data, bool *partial)
{
	struct sites *s = malloc(sizeof(*s));
	bool lost;

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
	*partial |= trace_cell(t, CELL_NO_ROOM) != t->no_room;
	*partial |= trace_missed(t) != t->missed;
	report_sites(s, trace_missed(t) - t->missed, report, data);
	if (t->vmalloc_unseen || trace_cell(t, CELL_VMALLOC) != t->vmalloc) {
		gather_vmalloc(t, ranges, n_ranges, s, partial);
		report_sites(s, 0, report, data);
	}
	gather(t, t->timers, ranges, n_ranges, s, partial);
	report_sites(s, trace_missed(t) - t->missed, report, data);
	lost = trace_cell(t, CELL_LOST_TRACK) != t->lost;
	*partial |= lost;
	if (!lost && still_certain(0, trace_missed(t) - t->missed))
		registry_report(t, ranges, n_ranges, report, data);
	free(s);
}
