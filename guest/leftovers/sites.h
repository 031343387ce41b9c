/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the code of modules that are gone still holds, summed up by the line of source
 * that took it: an address may have been the init code of several modules, one after the
 * other, and is a line of each.
 */
#ifndef KMLAB_GUEST_SITES_H
#define KMLAB_GUEST_SITES_H

#include <stdbool.h>
#include <stdint.h>

#include "leftovers.h"

struct sites;
struct trace;

/** sites_create - for the code of modules in @ranges, or of those that @t knows to be
 *  gone. Both must live as long as this. NULL without memory. */
struct sites *sites_create(struct trace *t, const struct leftover_range *ranges,
			   unsigned int n_ranges);
void sites_destroy(struct sites *s);

/** sites_gather - anew, what is noted in @map; sites_gather_vmalloc - what is in the
 *  kernel's list of that. How many lines of source. @partial: set when there were too
 *  many of them. */
unsigned int sites_gather(struct sites *s, int map, bool *partial);
unsigned int sites_gather_vmalloc(struct sites *s, bool *partial);

/** sites_report - what was gathered last. @unseen: so many releases nobody saw. */
void sites_report(struct sites *s, uint64_t unseen, leftover_fn report, void *data,
		  bool *partial);

/** sites_certain - is it, that of @held things not all were released, when @unseen
 *  releases nobody saw? */
bool sites_certain(uint64_t held, uint64_t unseen);

#endif
