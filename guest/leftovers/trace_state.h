/* SPDX-License-Identifier: GPL-2.0-only */
/* What trace.c and registry.c share; no one else looks in here. */
#ifndef KMLAB_GUEST_TRACE_STATE_H
#define KMLAB_GUEST_TRACE_STATE_H

#include <stdint.h>

#include "bpf.h"
#include "btf.h"
#include "trace.h"

enum held_kind {
	HELD_MEMORY,
	HELD_PERCPU,
	HELD_VMALLOC,
	HELD_TIMER,
	HELD_HRTIMER,
	HELD_WORK
};

/* Value of the maps of what is held; the key is the object's address. */
struct held {
	uint64_t site; /* who allocated it, or what the timer calls */
	uint64_t size;
	uint64_t kind;
};

enum { REGIONS = 5 };

/* Value of the map of modules; the key is the address of struct module. */
struct loaded {
	char name[56];
	struct {
		uint64_t start, size;
	} region[REGIONS]; /* one for all but init, or text, data, ...; init text last */
	uint64_t gone;
};

/* Value of the map of registrations; the key is what the kernel knows the thing by. */
struct entry {
	uint64_t site; /* of the module: a function or a name of it */
	uint64_t home; /* of the kernel: the list it is in, 0 none */
	uint64_t row;  /* in the table of registries */
	char name[48];
};

enum cell { CELL_NO_ROOM, CELL_NOT_STRUCK, CELL_LOST_TRACK, CELL_VMALLOC, CELLS };

enum {
	HELD_MAX = 32768,
	TIMERS_MAX = 1024,
	MODULES_MAX = 1024, /* loads in one guest: tests load again and again */
	LINKS_MAX = 96,
	SITES_MAX = 64,
	ENTRIES_MAX = 1024
};

/*
 * Programs that strike out when one thing ends. While such a program runs on a CPU the
 * kernel skips it for whatever an interrupt frees there (since 6.1), and that may be
 * dozens of objects at once. Of two programs at the same tracepoint one is always free.
 */
struct striker {
	int prog[2];	    /* the second is -1 where there is no need */
	uint64_t missed[2]; /* at the last clear */
};

struct trace {
	const struct btf *btf; /* while attaching */
	uint64_t modules_from; /* module code lies above the kernel's own */
	uint64_t delayed_work; /* the kernel's function behind delayed work */
	int memory, timers, modules, cells, entries;
	int link[LINKS_MAX];
	struct striker striker[LINKS_MAX];
	unsigned int n_links, n_strikers;
	bool vmalloc_unseen;			     /* read the list always */
	uint64_t not_struck, lost, vmalloc, no_room; /* at the last clear */
	struct loaded gone[MODULES_MAX];
	unsigned int n_gone;
};

/* Stack of the programs, below the frame pointer. */
enum { KEY = -8, SCRATCH = -16, VALUE = -104 };

/** trace_strike - code that forgets the object in R8; spoils R0 to R5. */
void trace_strike(const struct trace *t, struct bpf_asm *a, int map);

/** trace_peek - code for dst = @size bytes at register @base + @off, of any memory. */
void trace_peek(struct bpf_asm *a, int dst, enum bpf_size size, int base, int off);

/** trace_only_modules - code that leaves unless R7 is an address of a module. */
void trace_only_modules(const struct trace *t, struct bpf_asm *a);

/** trace_put - code for map[KEY] = VALUE, both on the stack. */
void trace_put(const struct trace *t, struct bpf_asm *a, int map);

/** trace_keep - take over a program and its link (negative: nothing to take). A program
 *  that strikes out is kept open: a run the kernel skipped would make a false report. */
void trace_keep(struct trace *t, int prog, int link, bool strikes);

/** registry_watch - attach to the kernel's register and unregister functions. */
void registry_watch(struct trace *t);

/** registry_report - what is registered still. */
void registry_report(const struct trace *t, const struct leftover_range *ranges,
		     unsigned int n_ranges, leftover_fn report, void *data);

#endif
