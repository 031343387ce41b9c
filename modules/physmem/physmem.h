/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of this module know of each other. */
#ifndef PHYSMEM_H
#define PHYSMEM_H

#include <linux/types.h>
#include <linux/xarray.h>

/* What an open file remembers: page frame number -> page number of the address. */
struct frames {
	struct xarray places;
	atomic_t n;
};

#define FRAMES_MAX 4096

/*
 * The caller's own pages, in own.c. All may sleep, and must run in the context of the
 * caller, since they use its memory. 0 or an errno as the interface has it.
 */
int own_translate(struct frames *frames, unsigned long virt, u64 *phys);
int own_read(struct frames *frames, u64 phys, u8 *value);
int own_write(struct frames *frames, u64 phys, u8 value);

/* Any RAM of the machine, in any.c. May sleep. */
int any_read(u64 phys, u8 *value);
int any_write(u64 phys, u8 value);

#endif
