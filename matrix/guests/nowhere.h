/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtual address that is mapped to a physical one without memory. */
#ifndef MATRIX_NOWHERE_H
#define MATRIX_NOWHERE_H

#include "guest.h"

static uint64_t nowhere_pml4[512] __attribute__((aligned(4096)));
static uint64_t nowhere_pdpt[512] __attribute__((aligned(4096)));
static uint64_t nowhere_pd[512] __attribute__((aligned(4096)));

/* The second half TiB begins with 2 MiB of physical 64 GiB; not every CPU has 1 GiB
 * pages. */
static void *map_nowhere(void)
{
	enum { PRESENT = 1, WRITE = 2, LARGE = 0x80 };
	uint64_t cr3;

	/* The host's tables have no virtual address to copy them from. Only the first
	 * entry of its PML4 is used, and that leads to the page behind it. */
	__asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
	nowhere_pml4[0] = (cr3 + 4096) | PRESENT | WRITE;
	nowhere_pml4[1] = (uintptr_t)nowhere_pdpt | PRESENT | WRITE;
	nowhere_pdpt[0] = (uintptr_t)nowhere_pd | PRESENT | WRITE;
	nowhere_pd[0] = (64ull << 30) | PRESENT | WRITE | LARGE;
	__asm__ volatile("mov %0, %%cr3" : : "r"(nowhere_pml4) : "memory");
	return (void *)(512ull << 30);
}

#endif
