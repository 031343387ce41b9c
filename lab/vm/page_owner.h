/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose is a word of the guest's memory? Only two owners are known, the kernel's own data
 * and live objects of its caches: elsewhere (stacks, user pages, page tables, what is
 * free) old words stay that nobody will use.
 */
#ifndef KMLAB_LAB_VM_PAGE_OWNER_H
#define KMLAB_LAB_VM_PAGE_OWNER_H

#include "guest_memory.h"

struct page_owner {
	const struct guest_memory *m;
	const struct proto_layout *layout;
	uint64_t vmemmap, direct; /* of the guest */
};

/** page_owner_init - false: this kernel's pages cannot be told apart. */
bool page_owner_init(struct page_owner *o, const struct guest_memory *m,
		     const struct proto_layout *layout);

/** page_owner_is_direct - an address of where all memory is mapped? */
bool page_owner_is_direct(const struct page_owner *o, uint64_t address);

struct word_owner {
	uint64_t at;	 /* the word's address in the kernel */
	uint64_t object; /* 0: the kernel's own data */
	uint32_t size;	 /* the object's */
	char cache[24];
};

/** page_owner_find - who has the word at @physical? false: nobody whose word counts. */
bool page_owner_find(const struct page_owner *o, uint64_t physical,
		     struct word_owner *ret);

#endif
