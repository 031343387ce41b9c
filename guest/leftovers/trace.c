// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "registry.h"
#include "sites.h"
#include "trace_held.h"
#include "trace_module.h"
#include "trace_references.h"
#include "trace_state.h"
#include "trace_threads.h"
#include "trace_through.h"

static int find_symbols(struct trace *t)
{
	enum {
		END,
		WORK,
		PAGES,
		INITCALL,
		FIRST_MAKER,
		FIRST_OWN = FIRST_MAKER + MAKERS
	};
	struct symbol s[] = {
		[END] = {"_end", 0},
		[WORK] = {"delayed_work_timer_fn", 0},
		[PAGES] = {"vmemmap_base", 0},
		[INITCALL] = {"do_one_initcall", 0},
		[FIRST_MAKER] = {"alloc_empty_file", 0},
		{"__alloc_file", 0}, /* before 6.5 */
		{"seq_open", 0},
		{"single_open", 0},
		[FIRST_OWN] = {"alloc_vmap_area", 0},
		{"memcg_alloc_page_obj_cgroups", 0}, /* before 5.17 */
		{"memcg_alloc_slab_cgroups", 0},     /* before 6.10 */
		{"alloc_slab_obj_exts", 0},
		{"__pcs_replace_empty_main", 0}, /* since 6.18 */
		{"__pcs_replace_full_main", 0},
	};
	int err = symbols_find(s, sizeof(s) / sizeof(*s));

	symbols_end(s, sizeof(s) / sizeof(*s));
	t->modules_from = s[END].address;
	t->delayed_work = s[WORK].address;
	t->page_structs = s[PAGES].address;
	t->initcall = s[INITCALL];
	memcpy(t->own, &s[FIRST_OWN], sizeof(t->own));
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
	struct sites *s = t ? sites_create(t, ranges, n_ranges) : NULL;
	bool certain;

	if (!s) {
		*partial = true;
		return;
	}
	if (sites_gather(s, t->memory, partial)) {
		trace_let_rcu_finish(t);
		sites_gather(s, t->memory, partial);
	}
	*partial |= trace_cell(t, CELL_NO_ROOM) != t->no_room;
	sites_report(s, releases_unseen(t, t->memory), report, data, partial);
	if (t->vmalloc_unseen || trace_cell(t, CELL_VMALLOC) != t->vmalloc) {
		sites_gather_vmalloc(s, partial);
		sites_report(s, 0, report, data, partial);
	}
	sites_gather(s, t->timers, partial);
	sites_report(s, releases_unseen(t, t->timers), report, data, partial);
	sites_gather(s, t->stops, partial);
	sites_report(s, 0, report, data, partial);
	certain = trace_cell(t, CELL_LOST_TRACK) == t->lost &&
		  sites_certain(0, releases_unseen(t, t->entries));
	*partial |= !certain;
	if (certain)
		registry_report(t, ranges, n_ranges, report, data);
	sites_destroy(s);
}

struct suspects *trace_suspects(struct trace *t)
{
	return t ? &t->suspects : NULL;
}

/* A CPU that idles keeps the memory map of who was there last, until another comes. */
static void visit_cpus(void)
{
	cpu_set_t all, one;

	if (sched_getaffinity(0, sizeof(all), &all))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
	sched_setaffinity(0, sizeof(all), &all);
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
	visit_cpus();
	let_rcu(t, LONG_MOMENT_US, no_suspects);
	t->suspects.pages_unseen = releases_unseen(t, t->pages);
	t->suspects.unseen = releases_unseen(t, t->memory);
	return suspects_find(t, partial);
}

void trace_lived_again(struct trace *t, bool whole, bool *partial)
{
	trace_forget_code(t);
	trace_read_gone(t);
	visit_cpus();
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
