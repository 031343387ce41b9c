/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a module leaves behind, found from inside the guest by its agent.
 *
 * Three calls, in this order:
 *   leftovers_prepare()  once, before the template is saved: takes the baseline of names
 *                        and starts the kernel's own trace events, so that clones pay
 *                        nothing for either;
 *   leftovers_begin()    in the clone, right before the first module is loaded;
 *   leftovers_collect()  after the last module is unloaded (and after the settle time).
 * All run in the agent, as root, in process context. None may hang on a damaged kernel:
 * nothing is opened below what the baseline did not know except by lstat and readdir.
 */
#ifndef KMLAB_GUEST_LEFTOVERS_H
#define KMLAB_GUEST_LEFTOVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/proto.h"

struct leftover {
	char kind[16];	  /* "proc", "sysfs", "dev", "chrdev", "irq", "kthread", "memory",
			     "vmalloc", "timer", "work", "slab", "module", "kprobe",
			     "pointer", ... */
	char what[192];	  /* path, name, or a size in words */
	uint64_t address; /* of the object, 0 unknown */
	uint64_t call_site; /* kernel address that made it, 0 unknown */
	uint64_t size;	    /* bytes, 0 unknown */
	char module[56];    /* that had the call site then, "" unknown */
};

/* One module's memory, as read from /sys/module/NAME/sections while it was loaded. */
struct leftover_range {
	char module[56];
	uint64_t start, end;
};

typedef void (*leftover_fn)(void *data, const struct leftover *leftover);

/** leftovers_prepare - baseline and trace set-up. 0 or -errno; what a kernel lacks
 *  (no tracefs, no event) is left out silently and makes collect() less sharp. */
int leftovers_prepare(void);

/** leftovers_begin - mark the start of the module's life: discard trace records so far.
 */
void leftovers_begin(void);

/* The host, which sees our memory: who points into @ranges? It is asked, and answers when
 * it is ready: how many words, in @ret. One question at a time. */
struct leftover_host {
	void (*ask)(void *data, const struct proto_range *ranges, unsigned int n);
	unsigned int (*answer)(void *data, struct proto_holder *ret);
	void *data;
};

/**
 * leftovers_collect - report each thing that was not there before, once. What points into
 * a module that is gone is of the kind "pointer"; its @what are the module and the
 * holder's name with a blank between them, @address is that of the object or variable,
 * @call_site where it points. @ranges: where the modules' code was. @partial: set when
 * event buffers overflowed, so that a missing record proves nothing.
 */
void leftovers_collect(const struct leftover_range *ranges, unsigned int n_ranges,
		       const struct leftover_host *host, leftover_fn report, void *data,
		       bool *partial);

/** leftovers_let_rcu_finish - a grace period and a moment for its callbacks. */
void leftovers_let_rcu_finish(void);

/**
 * Of some memory only further lives of the modules tell whether it is lost (suspects.h).
 * leftovers_suspect() - is there any? If so, and @shrink, the kernel first gives back
 * what it need not keep, which calls whoever has registered for that. Then
 * leftovers_ask(), which is slow: it reports what is certain by the name of the function
 * that took it. Then, as long as leftovers_suspected(): load, work and unload as the
 * first time, and leftovers_lived_again(); not @whole: without the command. At the end
 * leftovers_conclude(): it reports what grew, and as kind "held" what nobody could tell
 * of.
 */
bool leftovers_suspect(bool shrink, bool *partial);
void leftovers_ask(leftover_fn report, void *data);
bool leftovers_suspected(void);
void leftovers_lived_again(bool whole, bool *partial);
void leftovers_conclude(leftover_fn report, void *data);

#endif
