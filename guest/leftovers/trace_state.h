/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the trace share (trace.c, trace_*.c, registry.c); nobody else uses
 * it. */
#ifndef KMLAB_GUEST_TRACE_STATE_H
#define KMLAB_GUEST_TRACE_STATE_H

#include <stdint.h>

#include "bpf.h"
#include "btf.h"
#include "suspects.h"
#include "trace.h"

enum held_kind {
	HELD_MEMORY,
	HELD_PERCPU,
	HELD_VMALLOC,
	HELD_PAGES, /* size is the order, the key the address of struct page */
	HELD_TASK,  /* ended, but for its memory; of these six the site is not known */
	HELD_PID,
	HELD_MM,
	HELD_CRED,
	HELD_FILE,
	HELD_SEQ, /* of a file that is read as a sequence */
	HELD_TIMER,
	HELD_HRTIMER,
	HELD_WORK,
	HELD_STOP /* a thread that was stopped too late; the site is its function */
};

/* Value of the maps of what is held; the key is the object's address. */
struct held {
	uint64_t site; /* who allocated it, or what the timer calls; 0: it is gone */
	uint64_t size;
	uint64_t kind;
	uint64_t through; /* where in the kernel the site's call led; 0: it allocated */
	uint64_t born;	  /* so many modules had been loaded before: see trace_place() */
};

enum { REGIONS = 5 };

/* Value of the map of modules; the key is the address of struct module. */
struct loaded {
	char name[56];
	struct {
		uint64_t start, size;
	} region[REGIONS]; /* one for all but init, or text, data, ...; init text last */
	uint64_t gone;
	uint64_t born; /* the how manieth load it was */
};

/* Value of the map of registrations; the key is what the kernel knows the thing by. */
struct entry {
	uint64_t site; /* of the module: a function or a name of it; 0: it is gone */
	uint64_t home; /* of the kernel: the list it is in, 0 none */
	uint64_t row;  /* in the table of registries */
	uint64_t born;
	char name[48];
};

enum cell {
	CELL_NO_ROOM,
	CELL_LOST_TRACK,
	CELL_VMALLOC,
	CELL_LOADED, /* modules, since the clear */
	CELL_BORN,   /* loads, ever */
	CELL_LOADER, /* thread and process that loads a module, or has loaded the last */
	CELL_INIT,   /* the init function of that */
	CELL_PAGE_STRUCTS, /* where they begin */
	CELL_CODE_FROM, /* code of the modules loaded since the clear lies between these;
			 */
	CELL_CODE_TO,	/* 0: there is none, or nobody is watched any more */
	CELLS
};

enum {
	HELD_MAX = 32768,
	PAGES_MAX = 16384,
	TIMERS_MAX = 1024,
	MODULES_MAX = 1024, /* loads in one guest: tests load again and again */
	LINKS_MAX = 128,
	SITES_MAX = 64,
	ENTRIES_MAX = 1024,
	PENDING_MAX = 4096,
	THREADS_MAX = 1024,
	STOPS_MAX = 64,
	PROGS_MAX = 3,
	OWN = 6,
	MAKERS = 4
};

/*
 * Programs that strike out when one thing ends. While such a program runs on a CPU the
 * kernel skips it for whatever else is freed there (since 6.1), and that may be dozens of
 * objects at once. So there are as many programs at one tracepoint as there are levels
 * that interrupt each other: task, softirq and hardirq.
 *
 * Since 7.0 tasks are a level each, as a program may be preempted. The last program is
 * attached the way of performance counters, which keep preemption off.
 */
struct striker {
	int map;		    /* out of this one */
	int prog[PROGS_MAX];	    /* -1: no such program */
	uint64_t missed[PROGS_MAX]; /* at the last clear */
};

struct trace {
	const struct btf *btf; /* while attaching */
	uint64_t modules_from; /* module code lies above the kernel's own */
	uint64_t page_structs; /* the variable that says where struct page begin */
	struct maker {	       /* kernel function that makes what others then refer to */
		uint64_t start;
		enum held_kind kind;
	} makers[MAKERS];
	struct symbol own[OWN]; /* kernel functions that take memory for the allocator */
	struct symbol initcall; /* the kernel function that calls init functions */
	uint64_t delayed_work;	/* the kernel's function behind delayed work */
	int memory, pages, timers, modules, cells, entries, pending, threads, stops;
	int link[LINKS_MAX];
	struct striker striker[LINKS_MAX];
	unsigned int n_links, n_strikers;
	bool vmalloc_unseen;		 /* read the list always */
	uint64_t lost, vmalloc, no_room; /* at the last clear */
	unsigned int init_region;	 /* freed when the init function has returned */
	struct loaded gone[MODULES_MAX];
	unsigned int n_gone;
	struct suspects suspects;
};

uint64_t trace_cell(const struct trace *t, enum cell which);

#endif
