// SPDX-License-Identifier: GPL-2.0-only
/* The memory of the channel: see ring.h. */
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "ring.h"

/* Whole pages: what is copied to a user is never part of somebody else's object. */
static size_t ring_bytes(const struct ring *ring)
{
	return max_t(size_t, ring->mask + 1, PAGE_SIZE);
}

/*
 * Contiguous pages if they are cheap to get, else single ones. ACCOUNT: the memory is
 * charged to the task that loads the module or sets the size, so in a container to that
 * container.
 */
int ring_alloc(struct ring *ring, size_t size)
{
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO;
	struct page *page;

	ring->mask = roundup_pow_of_two(size) - 1;
	page = alloc_pages(gfp | __GFP_COMP | __GFP_NORETRY | __GFP_NOWARN,
			   get_order(ring_bytes(ring)));
	if (page)
		ring->data = page_address(page);
	else
		ring->data = __vmalloc(ring_bytes(ring), gfp);
	/* In a ring of less than a page the end comes before that of the page. */
	ring->page = ring->mask + 1 >= PAGE_SIZE ? page : NULL;
	return ring->data ? 0 : -ENOMEM;
}

void ring_free(struct ring *ring)
{
	if (!ring->data)
		return;
	memzero_explicit(ring->data, ring_bytes(ring));
	if (is_vmalloc_addr(ring->data))
		vfree(ring->data);
	else
		free_pages((unsigned long)ring->data, get_order(ring_bytes(ring)));
	ring->data = NULL;
}

/* How many of @n bytes at @pos lie in one piece, before the end of the memory. */
static size_t ring_span(const struct ring *ring, unsigned int pos, size_t n)
{
	return min_t(size_t, n, ring->mask + 1 - (pos & ring->mask));
}

/*
 * Two spans at most. A short copy of the first must end it: going on would leave a hole
 * in what the user got.
 */
ssize_t ring_to_user_spans(const struct ring *ring, unsigned int pos, size_t n,
			   struct iov_iter *to)
{
	size_t first = ring_span(ring, pos, n), done;

	done = copy_to_iter(ring->data + (pos & ring->mask), first, to);
	if (done == first && n > first)
		done += copy_to_iter(ring->data, n - first, to);
	return done || !n ? done : -EFAULT;
}

ssize_t ring_from_user_spans(struct ring *ring, unsigned int pos, size_t n,
			     struct iov_iter *from)
{
	size_t first = ring_span(ring, pos, n), done;

	done = copy_from_iter(ring->data + (pos & ring->mask), first, from);
	if (done == first && n > first)
		done += copy_from_iter(ring->data, n - first, from);
	return done || !n ? done : -EFAULT;
}

void ring_store(struct ring *ring, unsigned int pos, const u8 *from, size_t n)
{
	size_t first = ring_span(ring, pos, n);

	memcpy(ring->data + (pos & ring->mask), from, first);
	memcpy(ring->data, from + first, n - first);
}

void ring_move(struct ring *to, const struct ring *from, unsigned int pos, size_t n)
{
	while (n) {
		size_t span = ring_span(from, pos, n);

		ring_store(to, pos, from->data + (pos & from->mask), span);
		pos += span;
		n -= span;
	}
}
