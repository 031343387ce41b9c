// SPDX-License-Identifier: GPL-2.0-only
/* Threads over items; see parallel.h. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "parallel.h"

/* What a QEMU process needs beside the guest's memory, most of it translated code. */
#define QEMU_OVERHEAD_MIB 160

static unsigned long long available_mib(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/meminfo", "re");
	unsigned long long kib;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
			return kib / 1024;
	return 1024;
}

size_t parallel_limit(unsigned int wanted, unsigned int memory_mib)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned long long each = (memory_mib ? memory_mib : 256) + QEMU_OVERHEAD_MIB;
	size_t fit = (size_t)(available_mib() / each);
	size_t limit = wanted ? wanted : (size_t)(cores > 0 ? cores : 1);

	if (limit > fit)
		limit = fit;
	return limit ? limit : 1;
}

struct shared {
	struct cli *cli;
	atomic_size_t next;
	size_t n;
	parallel_fn fn;
	void *data;
};

static void *worker(void *data)
{
	struct shared *shared = data;
	struct lab lab;
	size_t i;

	lab_child(&shared->cli->lab, &lab);
	while ((i = atomic_fetch_add(&shared->next, 1)) < shared->n)
		shared->fn(&lab, i, shared->data);
	lab_deinit(&lab);
	return NULL;
}

void parallel_for(struct cli *cli, size_t n, size_t limit, parallel_fn fn, void *data)
{
	struct shared shared = {.cli = cli, .n = n, .fn = fn, .data = data};
	size_t threads = limit < n ? limit : n, started = 0;
	_cleanup_free_ pthread_t *ids = xcalloc(threads, sizeof(*ids));

	/* This thread is the last worker: with one item nothing is started at all. */
	while (started + 1 < threads &&
	       pthread_create(&ids[started], NULL, worker, &shared) == 0)
		started++;
	worker(&shared);
	while (started)
		pthread_join(ids[--started], NULL);
}
