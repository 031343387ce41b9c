// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes anywhere in RAM, with any=1. A user of this can do anything to the machine,
 * except crash it by the access itself.
 *
 * The kernel maps all RAM for itself, but not all of it all the time, and not all of it
 * writable: its own code and constants are not, secret memory is not there at all. What
 * that map allows is allowed here. But it may change right after the check, and a write
 * through it would then be an oops; so the access goes through a mapping of its own.
 */
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/vmalloc.h>

#include "physmem.h"

/* Is it RAM that the kernel uses, with a struct page, and without hardware error? */
static struct page *ram_page(u64 phys)
{
	unsigned long pfn = PHYS_PFN(phys);
	struct page *page;

	if (PFN_PHYS(pfn) != (phys & PAGE_MASK) || !pfn_valid(pfn) || !page_is_ram(pfn))
		return NULL;
	page = pfn_to_page(pfn);
	return PageHWPoison(page) ? NULL : page;
}

/* What the kernel's own map allows: 0, or why not. */
static int allowed(const struct page *page, bool write)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)page_address(page), &level);

	if (!pte || !(pte_flags(READ_ONCE(*pte)) & _PAGE_PRESENT))
		return -ENXIO;
	return write && !pte_write(READ_ONCE(*pte)) ? -EACCES : 0;
}

static int access(u64 phys, u8 *value, bool write)
{
	struct page *page = ram_page(phys);
	u8 *at;
	int err;

	if (!page)
		return -ENXIO;
	err = allowed(page, write);
	if (err)
		return err;
	at = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	if (!at)
		return -ENOMEM;
	if (write)
		WRITE_ONCE(at[offset_in_page(phys)], *value);
	else
		*value = READ_ONCE(at[offset_in_page(phys)]);
	vunmap(at);
	return 0;
}

int any_read(u64 phys, u8 *value)
{
	return access(phys, value, false);
}

int any_write(u64 phys, u8 value)
{
	return access(phys, &value, true);
}
