// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes in pages that the caller itself has mapped. It could access them without us, so
 * it gets nothing that it does not have, whatever address it gives.
 *
 * A physical address does not say who owns the frame now. So the open file remembers the
 * virtual address at which the caller had the frame when it was translated. The page
 * there is pinned, as for any device that is to write to it; pinning first gives the
 * caller its own copy of a shared page. Only if it is still the same frame, the byte is
 * accessed; the pin keeps the frame with the caller until then.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include "physmem.h"

int own_translate(struct frames *frames, unsigned long virt, u64 *phys)
{
	struct page *page;
	unsigned long pfn;
	void *old;
	int n;

	n = get_user_pages_fast(virt & PAGE_MASK, 1, 0, &page);
	if (n != 1)
		return n < 0 ? n : -EFAULT;
	pfn = page_to_pfn(page);
	put_page(page);
	if (atomic_inc_return(&frames->n) > FRAMES_MAX) {
		atomic_dec(&frames->n);
		return -ENOSPC;
	}
	old = xa_store(&frames->places, pfn, xa_mk_value(virt >> PAGE_SHIFT),
		       GFP_KERNEL_ACCOUNT);
	if (old)
		atomic_dec(&frames->n);
	if (xa_is_err(old))
		return xa_err(old);
	*phys = PFN_PHYS(pfn) | offset_in_page(virt);
	return 0;
}

/* The caller's page that holds @phys, pinned; or why there is none. */
static struct page *pin(struct frames *frames, u64 phys, unsigned int flags)
{
	unsigned long pfn = PHYS_PFN(phys);
	struct page *page;
	void *place;
	int n;

	if (PFN_PHYS(pfn) != (phys & PAGE_MASK))
		return ERR_PTR(-ENXIO);
	place = xa_load(&frames->places, pfn);
	if (!place)
		return ERR_PTR(-ENXIO);
	n = pin_user_pages_fast(xa_to_value(place) << PAGE_SHIFT, 1, flags, &page);
	if (n == 1 && page_to_pfn(page) == pfn)
		return page;
	if (n == 1)
		unpin_user_page(page);
	return ERR_PTR(n == -EINTR ? -EINTR : -ESTALE);
}

int own_read(struct frames *frames, u64 phys, u8 *value)
{
	struct page *page = pin(frames, phys, 0);

	if (IS_ERR(page))
		return PTR_ERR(page);
	*value = READ_ONCE(*((u8 *)page_address(page) + offset_in_page(phys)));
	unpin_user_page(page);
	return 0;
}

/* Why there is no page to write: has it moved, or may the caller only read it? */
static int why_not(struct frames *frames, u64 phys, int err)
{
	struct page *page;

	if (err != -ESTALE)
		return err;
	page = pin(frames, phys, 0);
	if (IS_ERR(page))
		return PTR_ERR(page);
	unpin_user_page(page);
	return -EACCES;
}

int own_write(struct frames *frames, u64 phys, u8 value)
{
	struct page *page = pin(frames, phys, FOLL_WRITE);

	if (IS_ERR(page))
		return why_not(frames, phys, PTR_ERR(page));
	WRITE_ONCE(*((u8 *)page_address(page) + offset_in_page(phys)), value);
	unpin_user_pages_dirty_lock(&page, 1, true);
	return 0;
}
