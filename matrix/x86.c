// SPDX-License-Identifier: GPL-2.0-only
/* Long mode, real mode, page tables; see x86.h. */
#include <errno.h>
#include <string.h>

#include "x86.h"

enum {
	CR0_PE = 1u << 0,
	CR0_MP = 1u << 1,
	CR0_ET = 1u << 4,
	CR0_NE = 1u << 5,
	CR0_WP = 1u << 16,
	CR0_PG = 1u << 31,

	CR4_PAE = 1u << 5,
	CR4_OSFXSR = 1u << 9, /* SSE; bit 8, which many copies have, is PCE */
	CR4_OSXMMEXCPT = 1u << 10,

	EFER_LME = 1u << 8,
	EFER_LMA = 1u << 10,

	PTE_PRESENT = 1u << 0,
	PTE_WRITE = 1u << 1,
	PTE_USER = 1u << 2,
	PTE_LARGE = 1u << 7,

	RFLAGS_FIXED = 1u << 1,
};

#define PTE_ADDRESS 0x000ffffffffff000ull
#define PTE_NX	    (1ull << 63)

static uint64_t *table(const struct guest_memory *m, unsigned int page)
{
	return (uint64_t *)x86_area_host(m, page);
}

static uint64_t area_entry(const struct guest_memory *m, unsigned int page)
{
	return x86_area_at(m, page) | PTE_PRESENT | PTE_WRITE;
}

/* One of the area's own pages, where it is. */
static void map_area_page(const struct guest_memory *m, unsigned int page,
			  uint64_t rights)
{
	uint64_t at = x86_area_at(m, page);

	table(m, AREA_PT)[at / GUEST_PAGE % 512] = at | PTE_PRESENT | rights;
}

void x86_long_mode_tables(const struct guest_memory *m)
{
	uint64_t *pd = table(m, AREA_PD); /* the PDs follow one another */

	table(m, AREA_PML4)[0] = area_entry(m, AREA_PDPT);
	for (unsigned int gib = 0; gib < 4; gib++)
		table(m, AREA_PDPT)[gib] = area_entry(m, AREA_PD + gib);
	for (uint64_t at = 0; at < m->ram.size; at += RAM_UNIT)
		pd[at / RAM_UNIT] = at | PTE_PRESENT | PTE_WRITE | PTE_LARGE;
	pd[m->area.base / RAM_UNIT] = area_entry(m, AREA_PT);
	map_area_page(m, AREA_STUBS, 0);
	map_area_page(m, AREA_TABLES, 0);
	map_area_page(m, AREA_STACK, PTE_WRITE);
	map_area_page(m, AREA_TEXTS, 0);
}

static struct kvm_segment flat_segment(uint8_t type, uint16_t selector)
{
	return (struct kvm_segment){
		.limit = 0xffffffff,
		.selector = selector,
		.type = type,
		.present = 1,
		.s = 1,
		.g = 1,
	};
}

void x86_long_mode(const struct guest_memory *m, uint64_t entry, uint64_t stack,
		   struct kvm_sregs *sregs, struct kvm_regs *regs)
{
	struct kvm_segment code = flat_segment(11, 1 << 3); /* execute, read, accessed */
	struct kvm_segment data = flat_segment(3, 2 << 3);  /* read, write, accessed */

	code.l = 1;
	data.db = 1;
	sregs->cs = code;
	sregs->ds = sregs->es = sregs->fs = sregs->gs = sregs->ss = data;
	sregs->cr3 = x86_area_at(m, AREA_PML4);
	sregs->cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT;
	sregs->cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG;
	sregs->efer = EFER_LME | EFER_LMA;
	*regs = (struct kvm_regs){.rip = entry, .rsp = stack, .rflags = RFLAGS_FIXED};
}

void x86_real_mode(uint64_t base, struct kvm_sregs *sregs, struct kvm_regs *regs)
{
	sregs->cs.base = base;
	sregs->cs.selector = (uint16_t)(base >> 4);
	*regs = (struct kvm_regs){.rflags = RFLAGS_FIXED};
}

enum { WALK_LIMIT = 1 << 20 };

struct walk {
	const struct guest_memory *m;
	int (*tell)(void *ctx, const struct x86_mapping *map);
	void *ctx;
	struct x86_mapping open; /* size 0: none */
	unsigned int entries;
};

static int flush(struct walk *w)
{
	int stop = w->open.size ? w->tell(w->ctx, &w->open) : 0;

	w->open.size = 0;
	return stop;
}

static int found(struct walk *w, const struct x86_mapping *map)
{
	struct x86_mapping *o = &w->open;
	int stop;

	if (o->size && o->gva + o->size == map->gva && o->gpa + o->size == map->gpa &&
	    o->page == map->page && o->writable == map->writable &&
	    o->user == map->user && o->executable == map->executable) {
		o->size += map->size;
		return 0;
	}
	stop = flush(w);
	*o = *map;
	return stop;
}

/* @level: 4 is the PML4. @rights: what all levels above allow, as an entry has it. */
static int walk_table(struct walk *w, unsigned int level, uint64_t table, uint64_t gva,
		      uint64_t rights)
{
	const uint64_t *entries = guest_memory_at(w->m, (gpa_t){table}, GUEST_PAGE);
	unsigned int shift = 12 + 9 * (level - 1);

	for (unsigned int i = 0; entries && i < 512; i++) {
		uint64_t e = entries[i], at = gva + ((uint64_t)i << shift);
		/* Write and user must be set on every level; no-execute on one level is
		 * enough. */
		uint64_t now =
			(rights & e & (PTE_WRITE | PTE_USER)) | ((rights | e) & PTE_NX);
		int stop;

		if (!(e & PTE_PRESENT))
			continue;
		if (++w->entries > WALK_LIMIT)
			return -ELOOP;
		if (level == 4 && i >= 256)
			at |= 0xffffull << 48;
		if (level == 1 || (level < 4 && e & PTE_LARGE)) {
			uint64_t size = 1ull << shift;

			stop = found(w, &(struct x86_mapping){
						.gva = at,
						.gpa = e & PTE_ADDRESS & ~(size - 1),
						.size = size,
						.page = (uint32_t)size,
						.writable = !!(now & PTE_WRITE),
						.user = !!(now & PTE_USER),
						.executable = !(now & PTE_NX)});
		} else {
			stop = walk_table(w, level - 1, e & PTE_ADDRESS, at, now);
		}
		if (stop)
			return stop;
	}
	return 0;
}

int x86_walk(const struct guest_memory *m, uint64_t cr3,
	     int (*tell)(void *ctx, const struct x86_mapping *map), void *ctx)
{
	struct walk w = {.m = m, .tell = tell, .ctx = ctx};
	int stop = walk_table(&w, 4, cr3 & PTE_ADDRESS, 0, PTE_WRITE | PTE_USER);

	return stop ? stop : flush(&w);
}
