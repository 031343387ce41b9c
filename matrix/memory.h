/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's memory, and the one place that turns an address of the guest into a pointer.
 *
 * Both kinds of guest address are types of their own, so that none is used as a pointer,
 * or as the other kind, by mistake. Code that reads guest memory copies it once and
 * decides on the copy: a guest that still runs in another thread could change what was
 * checked.
 */
#ifndef MATRIX_MEMORY_H
#define MATRIX_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/** gpa_t - guest-physical; gva_t - guest-virtual, as the guest's page tables have it. */
typedef struct {
	uint64_t at;
} gpa_t;

typedef struct {
	uint64_t at;
} gva_t;

#define GUEST_PAGE 4096u

/* Where guest-physical addresses lead. Two regions: RAM, and what the host keeps there.
 */
struct guest_memory {
	struct guest_region {
		uint64_t base;
		uint64_t size; /* bytes; 0: not there */
		uint8_t *host;
	} ram, area;
};

/**
 * guest_memory_at - the @len bytes at @gpa, all in one region.
 * Return: a pointer that is valid as long as the region is mapped, NULL when a byte of it
 * is outside. @len 0 is fine anywhere inside, and at a region's end.
 */
void *guest_memory_at(const struct guest_memory *m, gpa_t gpa, uint64_t len);

/** guest_region_map - @size bytes (a multiple of GUEST_PAGE) of fresh zeroed memory for
 *  @base; @low: below 2 GiB in the host, for guests that keep host addresses in 32 bits.
 *  Return: 0 or -errno. Unmapped by guest_region_unmap(), which accepts an empty one. */
int guest_region_map(struct guest_region *r, uint64_t base, uint64_t size, int low);
void guest_region_unmap(struct guest_region *r);

#endif
