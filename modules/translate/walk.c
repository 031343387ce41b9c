// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of another process, read as the processor reads them: from the top, one
 * entry at each level, without a lock that another CPU needs for a fault.
 *
 * What keeps the tables where they are meanwhile:
 *  - The mmap lock, held for reading. Mappings do not come and go, so no table goes with
 *    one, and a table is not replaced by a huge page.
 *  - RCU. Tables of files' pages since 6.6, and since 6.14 tables that have become empty,
 *    may go in spite of the lock; they are freed after a grace period.
 *  - For hugetlbfs, whose tables several processes may share, the lock of the file's
 *    mappings: under it nobody takes a shared table away.
 *
 * Entries may still change while we read them. So each is read once, and only that value
 * counts: the page that it names may belong to another process a moment later, so only
 * its struct page is looked at, never its contents.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>

#include "compat.h"
#include "uapi/translate.h"
#include "walk.h"

/* Pages are merged only where the process has asked for it. */
static u64 kind_of_anon(const struct vm_area_struct *vma, struct page *page)
{
	if (vma->vm_flags & VM_MERGEABLE && compat_is_ksm(page))
		return TRANSLATE_ANON | TRANSLATE_KSM;
	return TRANSLATE_ANON;
}

/*
 * What kind of page it is. Pages that the memory manager must not manage are marked as
 * special: the page of zeros, and those without a struct page.
 */
static u64 kind_of(const struct vm_area_struct *vma, pte_t pte)
{
	struct page *page;

	if (pte_special(pte))
		return is_zero_pfn(pte_pfn(pte)) ? TRANSLATE_ZERO : TRANSLATE_PFNMAP;
	page = pfn_to_page(pte_pfn(pte));
	return PageAnon(page) ? kind_of_anon(vma, page) : TRANSLATE_FILE;
}

static u64 kind_of_huge(struct vm_area_struct *vma, unsigned long pfn)
{
	struct page *page;

	if (vma->vm_flags & VM_PFNMAP || !pfn_valid(pfn))
		return TRANSLATE_PFNMAP;
	if (is_vm_hugetlb_page(vma))
		return TRANSLATE_HUGETLB;
	page = pfn_to_page(pfn);
	if (PageAnon(page))
		return TRANSLATE_ANON;
	/* The huge page of zeros is in no header; but no other page can be here. */
	return vma_is_anonymous(vma) ? TRANSLATE_ZERO : TRANSLATE_FILE;
}

static u64 present(unsigned long pfn, u64 flags, unsigned int shift)
{
	return TRANSLATE_PRESENT | flags | (u64)pfn << PAGE_SHIFT | (u64)shift << 56;
}

static u64 walk_pte(const struct vm_area_struct *vma, pte_t pte)
{
	u64 flags;

	if (likely(pte_present(pte))) {
		flags = kind_of(vma, pte);
		if (!(pte_flags(pte) & _PAGE_PRESENT))
			flags |= TRANSLATE_NO_ACCESS;
		else if (pte_write(pte))
			flags |= TRANSLATE_WRITABLE;
		return present(pte_pfn(pte), flags, PAGE_SHIFT);
	}
	if (pte_none(pte))
		return TRANSLATE_EMPTY;
	if (compat_is_swapped(pte))
		return TRANSLATE_SWAPPED;
	if (compat_is_moving(pte))
		return TRANSLATE_MOVING;
	return TRANSLATE_EMPTY; /* poisoned, or marked for userfaultfd */
}

static u64 walk_huge(struct vm_area_struct *vma, u64 bits, bool write,
		     unsigned long pfn, unsigned int shift)
{
	u64 flags = kind_of_huge(vma, pfn);

	if (!(bits & _PAGE_PRESENT))
		flags |= TRANSLATE_NO_ACCESS;
	else if (write)
		flags |= TRANSLATE_WRITABLE;
	return present(pfn, flags, shift);
}

/*
 * A table of small pages, entry by entry. The table's address is taken from the value
 * that was checked, not read a second time.
 */
static unsigned long walk_table(const struct vm_area_struct *vma, pmd_t pmd,
				unsigned long at, unsigned long end, u64 **word)
{
	const pte_t *pte = pte_offset_kernel(&pmd, at);
	u64 *to = *word;

	end = pmd_addr_end(at, end);
	for (; at != end; at += PAGE_SIZE, pte++)
		*to++ = walk_pte(vma, READ_ONCE(*pte));
	*word = to;
	return at;
}

/* The same word for all pages up to @next, each with its own address. */
static unsigned long spread(unsigned long at, unsigned long next, unsigned long size,
			    u64 in_leaf, u64 **word)
{
	u64 step = (in_leaf & TRANSLATE_STATE) == TRANSLATE_PRESENT ? PAGE_SIZE : 0;

	if (step)
		in_leaf += at & (size - 1) & PAGE_MASK;
	for (; at != next; at += PAGE_SIZE, in_leaf += step)
		*(*word)++ = in_leaf;
	return at;
}

static unsigned long walk_pmd(struct vm_area_struct *vma, pud_t pud,
			      unsigned long at, unsigned long end, u64 **word)
{
	pmd_t pmd = READ_ONCE(*pmd_offset(&pud, at));
	u64 in_leaf = TRANSLATE_EMPTY;

	if (pmd_none(pmd))
		return spread(at, pmd_addr_end(at, end), PMD_SIZE, in_leaf, word);
	if (!pmd_present(pmd))
		in_leaf = TRANSLATE_MOVING;
	else if (pmd_leaf(pmd))
		in_leaf = walk_huge(vma, pmd_flags(pmd), pmd_write(pmd), pmd_pfn(pmd),
				    PMD_SHIFT);
	else if (!pmd_bad(pmd))
		return walk_table(vma, pmd, at, end, word);
	return spread(at, pmd_addr_end(at, end), PMD_SIZE, in_leaf, word);
}

static unsigned long walk_pud(struct vm_area_struct *vma, p4d_t p4d,
			      unsigned long at, unsigned long end, u64 **word)
{
	pud_t pud = READ_ONCE(*pud_offset(&p4d, at));
	u64 in_leaf = TRANSLATE_EMPTY;

	if (pud_none(pud))
		return spread(at, pud_addr_end(at, end), PUD_SIZE, in_leaf, word);
	if (!pud_present(pud))
		in_leaf = TRANSLATE_MOVING;
	else if (pud_leaf(pud))
		in_leaf = walk_huge(vma, pud_flags(pud), pud_write(pud), pud_pfn(pud),
				    PUD_SHIFT);
	else if (!pud_bad(pud))
		return walk_pmd(vma, pud, at, end, word);
	return spread(at, pud_addr_end(at, end), PUD_SIZE, in_leaf, word);
}

/* One step: a leaf, or a table of leaves. Returns the first address behind it. */
static unsigned long walk_top(struct vm_area_struct *vma, unsigned long at,
			      unsigned long end, u64 **word)
{
	pgd_t *pgd = pgd_offset(vma->vm_mm, at);
	p4d_t p4d;

	/* With four levels the two are one, and the first is never empty. */
	if (!pgd_none(READ_ONCE(*pgd)) && !pgd_bad(READ_ONCE(*pgd))) {
		p4d = READ_ONCE(*p4d_offset(pgd, at));
		if (!p4d_none(p4d) && !p4d_bad(p4d))
			return walk_pud(vma, p4d, at, end, word);
	}
	return spread(at, p4d_addr_end(at, end), P4D_SIZE, TRANSLATE_EMPTY, word);
}

/* Within one mapping. Not too long in one RCU section. */
static void walk_vma(struct vm_area_struct *vma, unsigned long at, unsigned long end,
		     u64 **word)
{
	struct address_space *mapping = NULL;

	if (is_vm_hugetlb_page(vma)) {
		mapping = vma->vm_file->f_mapping;
		i_mmap_lock_read(mapping);
	}
	while (at != end) {
		rcu_read_lock();
		at = walk_top(vma, at, end, word);
		rcu_read_unlock();
	}
	if (mapping)
		i_mmap_unlock_read(mapping);
}

int walk_range(struct mm_struct *mm, unsigned long start, unsigned long pages,
	       u64 *words)
{
	unsigned long at = start, end = start + pages * PAGE_SIZE;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	while (at != end) {
		struct vm_area_struct *vma = find_vma(mm, at);
		unsigned long hole = vma ? clamp(vma->vm_start, at, end) : end;

		at = spread(at, hole, PAGE_SIZE, TRANSLATE_UNMAPPED, &words);
		if (at == end)
			break;
		walk_vma(vma, at, min(vma->vm_end, end), &words);
		at = min(vma->vm_end, end);
	}
	mmap_read_unlock(mm);
	return 0;
}
