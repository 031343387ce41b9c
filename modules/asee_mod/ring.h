/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of the channel and nothing else: bytes at positions that only ever count
 * up. A position p lives at p & mask, so the memory is a power of two even where the
 * channel's capacity is not; how many bytes may be in there is the channel's business.
 *
 * No locks here: the caller must have the sole right to the positions that it gives.
 */
#ifndef ASEE_RING_H
#define ASEE_RING_H

#include <linux/mm.h>
#include <linux/types.h>
#include <linux/uio.h>

#include "compat.h"

struct ring {
	u8 *data;
	unsigned int mask;
	struct page *page;	/* the first of whole ones side by side; else NULL */
};

/* Memory for at least @size bytes, zeroed and charged to the caller's cgroup. Sleeps. */
int ring_alloc(struct ring *ring, size_t size);

/* Overwrites and frees the memory, so that nobody else sees what went through it. */
void ring_free(struct ring *ring);

/* Bytes from kernel memory to position @pos; cannot fail. */
void ring_store(struct ring *ring, unsigned int pos, const u8 *from, size_t n);

/* Copies the @n bytes at @pos into another ring, where they keep their position. */
void ring_move(struct ring *to, const struct ring *from, unsigned int pos, size_t n);

/* Copying in general: across the end of the memory, from page to page, to a pipe. */
ssize_t ring_to_user_spans(const struct ring *ring, unsigned int pos, size_t n,
			   struct iov_iter *to);
ssize_t ring_from_user_spans(struct ring *ring, unsigned int pos, size_t n,
			     struct iov_iter *from);

/*
 * May the bytes be copied as part of one page? Knowing that they do not leave the page
 * saves the check that copy_to_iter() makes of kernel memory (hardened usercopy), which
 * takes as long as copying a hundred bytes. Only for user memory: where a pipe is spliced
 * to, before 6.5, "copying" a page means to hand over the page itself, and with it what
 * comes to lie there later.
 */
static inline bool ring_in_page(const struct ring *ring, unsigned int at, size_t n,
				const struct iov_iter *iter)
{
	return ring->page && offset_in_page(at) + n <= PAGE_SIZE && asee_user_iter(iter);
}

/*
 * Copies up to @n bytes from position @pos on to the user, or from the user. Returns
 * how many were copied, less than asked only where a user page is missing; -EFAULT when
 * that was the very first. May sleep, so no spinlock may be held.
 */
static inline ssize_t ring_to_user(const struct ring *ring, unsigned int pos, size_t n,
				   struct iov_iter *to)
{
	unsigned int at = pos & ring->mask;

	n = min(n, iov_iter_count(to));
	if (!n || unlikely(!ring_in_page(ring, at, n, to)))
		return ring_to_user_spans(ring, pos, n, to);
	n = copy_page_to_iter(ring->page + at / PAGE_SIZE, offset_in_page(at), n, to);
	return likely(n) ? n : -EFAULT;
}

static inline ssize_t ring_from_user(struct ring *ring, unsigned int pos, size_t n,
				     struct iov_iter *from)
{
	unsigned int at = pos & ring->mask;

	n = min(n, iov_iter_count(from));
	if (!n || unlikely(!ring_in_page(ring, at, n, from)))
		return ring_from_user_spans(ring, pos, n, from);
	n = copy_page_from_iter(ring->page + at / PAGE_SIZE, offset_in_page(at), n, from);
	return likely(n) ? n : -EFAULT;
}

#endif
