/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which numbers are addresses of the running kernel? /proc/kcore lists where its memory
 * is and shows what is in it; /proc/kallsyms knows where functions and variables begin.
 * Root only, in one thread.
 */
#ifndef GUEST_HAMMER_KERNEL_MEMORY_H
#define GUEST_HAMMER_KERNEL_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

enum kernel_memory {
	NO_MEMORY,
	PAGES,	       /* the direct map: what kmalloc and the page allocator give */
	MAPPED,	       /* vmalloc and stacks, page structures */
	CODE,	       /* code or data of the kernel or of a module */
	CODE_OR_ALIKE, /* near the code, but no function or variable begins there, and no
			  call comes back there: may as well be a negative number */
};

/* False, with errno, when the kernel does not tell. Before rights are given up. */
bool kernel_memory_open(void);
enum kernel_memory kernel_memory(uint64_t address);
/* "an address of ..." */
const char *kernel_memory_name(enum kernel_memory what);

#endif
