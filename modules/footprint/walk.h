/* SPDX-License-Identifier: GPL-2.0-only */
/* Counting what a process has mapped, and nothing else. */
#ifndef FOOTPRINT_WALK_H
#define FOOTPRINT_WALK_H

#include <linux/mm_types.h>
#include <linux/types.h>

/* In pages of 4096 bytes. A page that is mapped twice counts twice. */
struct footprint {
	unsigned long virtual;	/* all mappings, whatever is in them */
	unsigned long resident;	/* pages of memory, none of those below */
	unsigned long hugetlb;	/* pages of hugetlbfs */
	unsigned long zero;	/* the page of zeros, once for each place it is at */
	unsigned long device;	/* a device's memory, or the kernel's own */
	unsigned long swapped;	/* in swap */
};

/**
 * footprint_walk - count all of it
 * @mm:    of the process; the caller has a reference and holds no lock of it
 * @count: set
 *
 * Takes the mmap lock for reading, and may sleep. 0, or -EINTR: a fatal signal came.
 */
int footprint_walk(struct mm_struct *mm, struct footprint *count);

#endif
