/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels, each with the release that changed it. */
#ifndef FOOTPRINT_COMPAT_H
#define FOOTPRINT_COMPAT_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/swap.h>
#include <linux/version.h>

/*
 * Is the page in swap, of an entry that is neither empty nor present? Such entries have
 * had a type of their own since 6.19.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#include <linux/leafops.h>

static inline bool compat_is_swapped(pte_t pte)
{
	return softleaf_is_swap(softleaf_from_pte(pte));
}
#else
#include <linux/swapops.h>

static inline bool compat_is_swapped(pte_t pte)
{
	return is_swap_pte(pte) && !non_swap_entry(pte_to_swp_entry(pte));
}
#endif

#endif
