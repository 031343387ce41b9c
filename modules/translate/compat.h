/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels, each with the release that changed it. */
#ifndef TRANSLATE_COMPAT_H
#define TRANSLATE_COMPAT_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/swap.h>
#include <linux/version.h>

/*
 * What is in an entry that is neither empty nor present: a place in swap, a page that is
 * being moved, or a mark of the kernel. linux/swapops.h up to 6.18; then such entries got
 * a type of their own.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#include <linux/leafops.h>

static inline bool compat_is_swapped(pte_t pte)
{
	return softleaf_is_swap(softleaf_from_pte(pte));
}

static inline bool compat_is_moving(pte_t pte)
{
	return softleaf_is_migration(softleaf_from_pte(pte));
}
#else
#include <linux/swapops.h>

static inline bool compat_is_swapped(pte_t pte)
{
	return is_swap_pte(pte) && !non_swap_entry(pte_to_swp_entry(pte));
}

static inline bool compat_is_moving(pte_t pte)
{
	return is_swap_pte(pte) && is_migration_entry(pte_to_swp_entry(pte));
}
#endif

/* A page's folio knows it since 5.16, the page itself no more since 7.0 or so. */
#ifdef page_folio
static inline bool compat_is_ksm(struct page *page)
{
	return folio_test_ksm(page_folio(page));
}
#else
static inline bool compat_is_ksm(struct page *page)
{
	return PageKsm(page);
}
#endif

#endif
