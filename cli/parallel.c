// SPDX-License-Identifier: GPL-2.0-only
/* Threads over items; see parallel.h. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "vm/template.h"

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

size_t parallel_cores(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores > 0 ? (size_t)cores : 1;
}

/* Each emulated CPU is a thread that others wait for, most of all while a module loads:
 * without a core of its own it makes them wait long. Those that take turns, as a nested
 * guest's always do, are one thread. */
static size_t cores_for_guest(struct cli *cli)
{
	struct lab_accel_probe probe = {0};
	bool emulated = !lab_accel_probe(&cli->lab, false, &probe) &&
			probe.accel == LAB_ACCEL_TCG;

	free(probe.reason);
	if (!emulated || cli->opt.nested || cli->opt.in_turns)
		return 1;
	return cli->opt.cpus ? cli->opt.cpus : 2;
}

size_t parallel_guests(struct cli *cli)
{
	unsigned int mib = cli->opt.memory_mib ? cli->opt.memory_mib : 256;
	size_t fit = (size_t)(available_mib() / (mib + QEMU_OVERHEAD_MIB));
	size_t limit =
		cli->opt.jobs ? cli->opt.jobs : parallel_cores() / cores_for_guest(cli);

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
