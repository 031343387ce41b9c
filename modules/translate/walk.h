/* SPDX-License-Identifier: GPL-2.0-only */
/* The walk through page tables, and nothing else. */
#ifndef TRANSLATE_WALK_H
#define TRANSLATE_WALK_H

#include <linux/mm_types.h>
#include <linux/types.h>

/**
 * walk_range - what is at each page of a range
 * @mm:    of the process; the caller has a reference and holds no lock of it
 * @start: virtual address of the first page, a multiple of PAGE_SIZE
 * @pages: how many
 * @words: room for as many answers, see uapi/translate.h
 *
 * Takes the mmap lock for reading, and may sleep. 0, or -EINTR: a fatal signal came
 * first, and there is no answer.
 */
int walk_range(struct mm_struct *mm, unsigned long start, unsigned long pages,
	       u64 *words);

#endif
