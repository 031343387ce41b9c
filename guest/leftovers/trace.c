// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "registry.h"
#include "trace_held.h"
#include "trace_module.h"
#include "trace_references.h"
#include "trace_pending.h"
#include "trace_state.h"
#include "trace_threads.h"
#include "trace_through.h"

static int find_symbols(struct trace *t)
{
	enum { END, WORK, PAGES, INITCALL, RANGES, FIRST_MAKER };
	struct symbol s[] = {
		[END] = {"_end", 0},
		[WORK] = {"delayed_work_timer_fn", 0},
		[PAGES] = {"vmemmap_base", 0},
		[INITCALL] = {"do_one_initcall", 0},
		[RANGES] = {"alloc_vmap_area", 0},
		[FIRST_MAKER] = {"alloc_empty_file", 0},
		{"__alloc_file", 0}, /* before 6.5 */
		{"seq_open", 0},
		{"single_open", 0},
	};
	int err = symbols_find(s, sizeof(s) / sizeof(*s));

	symbols_end(s, sizeof(s) / sizeof(*s));
	t->modules_from = s[END].address;
	t->delayed_work = s[WORK].address;
	t->page_structs = s[PAGES].address;
	t->initcall = s[INITCALL];
	t->map_ranges = s[RANGES];
	for (int i = 0; i < MAKERS; i++)
		t->makers[i] = (struct maker){s[FIRST_MAKER + i].address,
					      i < 2 ? HELD_FILE : HELD_SEQ};
	return err ? err : t->modules_from ? 0 : -ENOENT;
}

static int make_maps(struct trace *t)
{
	t->memory = bpf_map(MAP_HASH, 8, sizeof(struct held), HELD_MAX);
	t->pages = bpf_map(MAP_HASH, 8, sizeof(struct held), PAGES_MAX);
	t->timers = bpf_map(MAP_HASH, 8, sizeof(struct held), TIMERS_MAX);
	t->modules = bpf_map(MAP_HASH, 8, sizeof(struct loaded), MODULES_MAX);
	t->cells = bpf_map(MAP_ARRAY, 4, CELLS * 8, 1);
	t->entries = bpf_map(MAP_HASH, 8, sizeof(struct entry), ENTRIES_MAX);
	t->pending = bpf_map(MAP_LRU, 8, 8, PENDING_MAX);
	t->threads = bpf_map(MAP_LRU, 8, 8, THREADS_MAX);
	t->stops = bpf_map(MAP_HASH, 8, sizeof(struct held), STOPS_MAX);
	return t->memory < 0 || t->pages < 0 || t->timers < 0 || t->modules < 0 ||
			       t->cells < 0 || t->entries < 0
		       ? -EINVAL
		       : 0;
}

static void watch_all(struct trace *t)
{
	trace_watch_modules(t);
	trace_watch_memory(t);
	trace_watch_pages(t);
	trace_watch_ends(t);
	trace_watch_timers(t);
	trace_watch_threads(t);
	registry_watch(t);
	trace_watch_pending(t);
}

struct trace *trace_start(const struct btf *btf)
{
	struct rlimit before = {0}, none = {RLIM_INFINITY, RLIM_INFINITY};
	struct trace *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->memory = t->pages = t->timers = t->modules = t->cells = t->entries =
		t->pending = t->threads = t->stops = -1;
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

uint64_t trace_cell(const struct trace *t, enum cell which)
{
	uint64_t cells[CELLS] = {0};
	uint32_t zero = 0;

	bpf_map_get(t->cells, &zero, cells);
	return cells[which];
}

static uint64_t missed_by_all(const struct striker *s)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < PROGS_MAX && s->prog[i] >= 0; i++) {
		uint64_t n = bpf_missed(s->prog[i]) - s->missed[i];

		least = n < least ? n : least;
	}
	return least;
}

/* Releases of what is in @map that no program saw, since the last clear; at most. */
static uint64_t releases_unseen(const struct trace *t, int map)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < t->n_strikers; i++)
		if (t->striker[i].map == map)
			sum += missed_by_all(&t->striker[i]);
	return sum;
}

void trace_clear(struct trace *t)
{
	clear_map(t->memory);
	clear_map(t->pages);
	clear_map(t->timers);
	clear_map(t->modules);
	clear_map(t->entries);
	clear_map(t->threads);
	clear_map(t->stops);
	for (unsigned int i = 0; i < t->n_strikers; i++)
		for (int j = 0; j < PROGS_MAX && t->striker[i].prog[j] >= 0; j++)
			t->striker[i].missed[j] = bpf_missed(t->striker[i].prog[j]);
	t->lost = trace_cell(t, CELL_LOST_TRACK);
	t->vmalloc = trace_cell(t, CELL_VMALLOC);
	t->no_room = trace_cell(t, CELL_NO_ROOM);
	t->n_gone = 0;
	suspects_clear(&t->suspects);
	trace_forget_code(t);
}

/* What one line of source holds. */
struct site {
	struct held held; /* of the first; size is the sum */
	uint64_t address, n;
	struct place place; /* .module "": of one that is still there */
};

struct sites {
	struct site site[SITES_MAX];
	unsigned int n;
};

static bool same_site(const struct site *s, const struct held *h, const struct place *p)
{
	return s->held.site == h->site && s->held.kind == h->kind &&
	       !strcmp(s->place.module, p->module);
}

static bool add_site(const struct trace *t, struct sites *s, const struct held *h,
		     uint64_t address)
{
	struct place place = {.region = 0};
	unsigned int i = 0;

	trace_place(t, h->site, h->born, &place);
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
	const struct trace *t;
	const struct leftover_range *ranges;
	unsigned int n_ranges;
	struct sites *s;
	bool *partial;
};

static void gather_one(void *data, uint64_t key, const struct held *h)
{
	const struct gathering *g = data;

	if (!h->through && trace_ours(g->t, g->ranges, g->n_ranges, h->site) &&
	    !add_site(g->t, g->s, h, key))
		*g->partial = true;
}

static void gather(const struct trace *t, int map, const struct leftover_range *ranges,
		   unsigned int n_ranges, struct sites *s, bool *partial)
{
	struct gathering g = {t, ranges, n_ranges, s, partial};

	s->n = 0;
	trace_each(map, gather_one, &g);
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
		else if (size > 4096)
			size -= 4096; /* mapped, not allocated: a guard page is behind it
				       */
		h = (struct held){caller, size, HELD_VMALLOC, 0, BORN_NOW};
		/* The address may be a hash of itself. */
		if (!add_site(t, s, &h, address >> 47 ? address : 0))
			*partial = true;
	}
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
 * few of them take no claim back; when there were many, a site must hold more than those.
 * In both cases the run's note tells of them. Where nothing is held nothing was missed.
 */
enum { FEW_UNSEEN = 8 };

static bool still_certain(uint64_t held, uint64_t unseen)
{
	return unseen <= FEW_UNSEEN || held > unseen;
}

static void report_sites(struct trace *t, const struct sites *s, uint64_t unseen,
			 leftover_fn report, void *data, bool *partial)
{
	*partial |= s->n && unseen;
	for (unsigned int i = 0; i < s->n; i++) {
		const struct site *site = &s->site[i];
		struct leftover l = {.address = site->address,
				     .call_site = site->held.site};

		strcpy(l.module, site->place.module);
		suspects_known(&t->suspects, site->held.site, l.module);
		if (!still_certain(site->n, unseen))
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

/* Each step is twice as long as the one before: to look may take longer than to wait. */
enum { MOMENT_US = 20000, LONG_MOMENT_US = 80000, STEP_US = 1250, ROUNDS = 20 };

/* Woken up late, we know that others, for whom we wait, may have been kept as well. */
static bool sleep_well(int us)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	usleep((useconds_t)us);
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000 <
	       us + 2 * MOMENT_US;
}

/* A grace period and a moment for its callbacks: what RCU frees is no leak. Ends early
 * where @nothing_left, which may be NULL, says so. */
static void let_rcu(struct trace *t, int moment, bool (*nothing_left)(struct trace *t))
{
	enum { MEMBARRIER_GLOBAL = 1 };
	bool well = false;

	for (int i = 0; i < ROUNDS && !well; i++) {
		syscall(SYS_membarrier, MEMBARRIER_GLOBAL, 0, 0);
		well = true;
		for (int us = STEP_US; us < moment; us *= 2) {
			well &= sleep_well(us);
			if (nothing_left && nothing_left(t))
				return;
		}
	}
}

void trace_let_rcu_finish(struct trace *t)
{
	let_rcu(t, MOMENT_US, NULL);
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
	gather(t, t->memory, ranges, n_ranges, s, partial);
	if (s->n) {
		trace_let_rcu_finish(t);
		gather(t, t->memory, ranges, n_ranges, s, partial);
	}
	*partial |= trace_cell(t, CELL_NO_ROOM) != t->no_room;
	report_sites(t, s, releases_unseen(t, t->memory), report, data, partial);
	if (t->vmalloc_unseen || trace_cell(t, CELL_VMALLOC) != t->vmalloc) {
		gather_vmalloc(t, ranges, n_ranges, s, partial);
		report_sites(t, s, 0, report, data, partial);
	}
	gather(t, t->timers, ranges, n_ranges, s, partial);
	report_sites(t, s, releases_unseen(t, t->timers), report, data, partial);
	gather(t, t->stops, ranges, n_ranges, s, partial);
	report_sites(t, s, 0, report, data, partial);
	certain = trace_cell(t, CELL_LOST_TRACK) == t->lost &&
		  still_certain(0, releases_unseen(t, t->entries));
	*partial |= !certain;
	if (certain)
		registry_report(t, ranges, n_ranges, report, data);
	free(s);
}

struct suspects *trace_suspects(struct trace *t)
{
	return t ? &t->suspects : NULL;
}

static bool no_suspects(struct trace *t)
{
	bool partial;

	return !suspects_find(t, &partial);
}

bool trace_suspect(struct trace *t, void (*shrink)(void), bool *partial)
{
	if (!suspects_find(t, partial))
		return false;
	if (shrink)
		shrink();
	let_rcu(t, LONG_MOMENT_US, no_suspects);
	return suspects_find(t, partial);
}

void trace_lived_again(struct trace *t, bool whole, bool *partial)
{
	trace_forget_code(t);
	trace_read_gone(t);
	/* What is counted too early here would look like less in the next life. */
	let_rcu(t, LONG_MOMENT_US, NULL);
	suspects_count(t, whole, partial);
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
	for (unsigned int i = 0; i < t->n_strikers; i++)
		for (int j = 0; j < PROGS_MAX; j++)
			close_fd(t->striker[i].prog[j]);
	close_fd(t->memory);
	close_fd(t->pages);
	close_fd(t->timers);
	close_fd(t->modules);
	close_fd(t->cells);
	close_fd(t->entries);
	close_fd(t->pending);
	close_fd(t->threads);
	close_fd(t->stops);
	free(t);
}
