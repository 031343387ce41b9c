/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's first state, and what its page tables say. Facts: Intel SDM volume 3, chapters
 * 2 (control registers), 3 (segments), 4 (paging), 10.8.5 (long mode).
 */
#ifndef MATRIX_X86_H
#define MATRIX_X86_H

#include <stdint.h>

#include "kvm.h"
#include "memory.h"

/*
 * What the host keeps in guest memory, right behind the RAM: page tables, which have no
 * virtual address, so that no stray pointer can destroy them; then, mapped for the guest,
 * what the CPU needs for exceptions, and the page of texts that hypercalls hand out. Only
 * the stack is writable.
 */
enum {
	AREA_PML4,
	AREA_PDPT,
	AREA_PD, /* one for each GiB */
	AREA_PT = AREA_PD + 4,
	AREA_STUBS,
	AREA_TABLES,
	AREA_STACK,
	AREA_TEXTS,
	AREA_PAGES
};

/* RAM is mapped in pages of 2 MiB; hypercalls take 32-bit addresses, and the last GiB
 * below 4 GiB belongs to the APICs. */
#define RAM_UNIT (2u << 20)
#define RAM_MAX	 (3u << 30)

/** x86_area_at - guest address (virtual, if mapped, and physical) of one of these pages.
 *  x86_area_host - the same page in the host. */
static inline uint64_t x86_area_at(const struct guest_memory *m, unsigned int page)
{
	return m->area.base + page * GUEST_PAGE;
}

static inline uint8_t *x86_area_host(const struct guest_memory *m, unsigned int page)
{
	return m->area.host + page * GUEST_PAGE;
}

/** x86_long_mode_tables - identity page tables for @m's RAM, into its area. */
void x86_long_mode_tables(const struct guest_memory *m);

/** x86_long_mode - registers of a CPU in 64-bit mode, at @entry, the stack at @stack. */
void x86_long_mode(const struct guest_memory *m, uint64_t entry, uint64_t stack,
		   struct kvm_sregs *sregs, struct kvm_regs *regs);

/** x86_real_mode - registers of a CPU in 16-bit real mode: CS has base @base, IP is 0. */
void x86_real_mode(uint64_t base, struct kvm_sregs *sregs, struct kvm_regs *regs);

/* One stretch of a guest's virtual memory, all mapped alike and in one piece. */
struct x86_mapping {
	uint64_t gva, gpa, size;
	uint32_t page; /* bytes: 4096, 2 MiB, 1 GiB */
	uint8_t writable, user, executable;
};

/**
 * x86_walk - call @tell for every stretch that the page tables at @cr3 map, in order.
 * Tables outside of the guest's memory count as empty. @tell returns non-zero to stop; so
 * does the walk itself after a million entries, for tables that contain themselves.
 * Return: what @tell returned last, or -ELOOP.
 */
int x86_walk(const struct guest_memory *m, uint64_t cr3,
	     int (*tell)(void *ctx, const struct x86_mapping *map), void *ctx);

#endif
