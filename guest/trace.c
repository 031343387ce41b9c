// SPDX-License-Identifier: GPL-2.0-only
/* The record as a whole: its maps, from start to stop. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "trace_state.h"

static int find_symbols(struct trace *t)
{
	struct symbol s[] = {{"_end", 0}, {"delayed_work_timer_fn", 0}};
	int err = symbols_find(s, 2);

	t->modules_from = s[0].address;
	t->delayed_work = s[1].address;
	return err ? err : t->modules_from ? 0 : -ENOENT;
}

static int make_maps(struct trace *t)
{
	t->memory = bpf_map(MAP_HASH, 8, sizeof(struct held), HELD_MAX);
	t->timers = bpf_map(MAP_HASH, 8, sizeof(struct held), TIMERS_MAX);
	t->modules = bpf_map(MAP_HASH, 8, sizeof(struct loaded), MODULES_MAX);
	t->cells = bpf_map(MAP_ARRAY, 4, CELLS * 8, 1);
	t->entries = bpf_map(MAP_HASH, 8, sizeof(struct entry), ENTRIES_MAX);
	return t->memory < 0 || t->timers < 0 || t->modules < 0 || t->cells < 0 ||
			       t->entries < 0
		       ? -EINVAL
		       : 0;
}

struct trace *trace_start(const struct btf *btf)
{
	struct rlimit before = {0}, none = {RLIM_INFINITY, RLIM_INFINITY};
	struct trace *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->memory = t->timers = t->modules = t->cells = t->entries = -1;
	t->btf = btf;
	/* Before 5.11 maps and programs count as locked memory. */
	getrlimit(RLIMIT_MEMLOCK, &before);
	setrlimit(RLIMIT_MEMLOCK, &none);
	if (find_symbols(t) || make_maps(t)) {
		trace_stop(t);
		t = NULL;
	} else {
		trace_watch(t);
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

uint64_t trace_missed(const struct trace *t)
{
	uint64_t sum = trace_cell(t, CELL_NOT_STRUCK);

	for (unsigned int i = 0; i < t->n_strike; i++)
		sum += bpf_missed(t->strike[i]);
	return sum;
}

void trace_clear(struct trace *t)
{
	clear_map(t->memory);
	clear_map(t->timers);
	clear_map(t->modules);
	clear_map(t->entries);
	t->missed = trace_missed(t);
	t->lost = trace_cell(t, CELL_LOST_TRACK);
	t->vmalloc = trace_cell(t, CELL_VMALLOC);
	t->no_room = trace_cell(t, CELL_NO_ROOM);
	t->n_gone = 0;
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
	for (unsigned int i = 0; i < t->n_strike; i++)
		close(t->strike[i]);
	close_fd(t->memory);
	close_fd(t->timers);
	close_fd(t->modules);
	close_fd(t->cells);
	close_fd(t->entries);
	free(t);
}
