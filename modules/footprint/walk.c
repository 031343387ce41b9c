// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page tables of a process, counted. Which locks keep them meanwhile is explained in
 * the translate module; here the pages themselves are not looked at, which makes it
 * quick; only a huge page is, because it may be the page of zeros.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "walk.h"

static void count_pte(pte_t pte, struct footprint *count)
{
	if (pte_present(pte)) {
		if (!pte_special(pte))
			count->resident++;
		else if (is_zero_pfn(pte_pfn(pte)))
			count->zero++;
		else
			count->device++;
	} else if (!pte_none(pte) && compat_is_swapped(pte)) {
		count->swapped++;
	}
}

static void count_table(const struct vm_area_struct *vma, pmd_t pmd, unsigned long at,
			unsigned long end, struct footprint *count)
{
	const pte_t *pte = pte_offset_kernel(&pmd, at);

	for (; at != end; at += PAGE_SIZE, pte++)
		count_pte(READ_ONCE(*pte), count);
}

/*
 * The huge page of zeros is in no header; but no other page in anonymous memory is not
 * anonymous.
 */
static bool is_huge_zero(struct vm_area_struct *vma, unsigned long pfn)
{
	return vma_is_anonymous(vma) && pfn_valid(pfn) && !PageAnon(pfn_to_page(pfn));
}

static void count_huge(struct vm_area_struct *vma, unsigned long pfn,
		       unsigned long pages, struct footprint *count)
{
	if (is_vm_hugetlb_page(vma))
		count->hugetlb += pages;
	else if (vma->vm_flags & VM_PFNMAP || !pfn_valid(pfn))
		count->device += pages;
	else if (is_huge_zero(vma, pfn))
		count->zero += pages;
	else
		count->resident += pages;
}

static void count_pmd(struct vm_area_struct *vma, pud_t pud, unsigned long at,
		      unsigned long end, struct footprint *count)
{
	pmd_t pmd = READ_ONCE(*pmd_offset(&pud, at));

	if (pmd_none(pmd) || !pmd_present(pmd))
		return;
	if (pmd_leaf(pmd))
		count_huge(vma, pmd_pfn(pmd), (end - at) >> PAGE_SHIFT, count);
	else if (!pmd_bad(pmd))
		count_table(vma, pmd, at, end, count);
}

/* Counts what one entry, or one table of small pages, covers; returns where it ends. */
static unsigned long count_step(struct vm_area_struct *vma, unsigned long at,
				unsigned long end, struct footprint *count)
{
	pgd_t *pgd = pgd_offset(vma->vm_mm, at);
	unsigned long next;
	p4d_t p4d;
	pud_t pud;

	next = p4d_addr_end(at, end);
	if (pgd_none(READ_ONCE(*pgd)) || pgd_bad(READ_ONCE(*pgd)))
		return next;
	p4d = READ_ONCE(*p4d_offset(pgd, at));
	if (p4d_none(p4d) || p4d_bad(p4d))
		return next;
	next = pud_addr_end(at, end);
	pud = READ_ONCE(*pud_offset(&p4d, at));
	if (pud_none(pud) || !pud_present(pud))
		return next;
	if (pud_leaf(pud)) {
		count_huge(vma, pud_pfn(pud), (next - at) >> PAGE_SHIFT, count);
		return next;
	}
	if (pud_bad(pud))
		return next;
	next = pmd_addr_end(at, end);
	count_pmd(vma, pud, at, next, count);
	return next;
}

static int count_vma(struct vm_area_struct *vma, struct footprint *count)
{
	struct address_space *mapping = NULL;
	unsigned long at = vma->vm_start;
	int err = 0;

	count->virtual += vma_pages(vma);
	if (is_vm_hugetlb_page(vma)) {
		mapping = vma->vm_file->f_mapping;
		i_mmap_lock_read(mapping);
	}
	while (at != vma->vm_end && !err) {
		rcu_read_lock();
		at = count_step(vma, at, vma->vm_end, count);
		rcu_read_unlock();
		cond_resched();
		err = fatal_signal_pending(current) ? -EINTR : 0;
	}
	if (mapping)
		i_mmap_unlock_read(mapping);
	return err;
}

int footprint_walk(struct mm_struct *mm, struct footprint *count)
{
	struct vm_area_struct *vma;
	unsigned long at = 0;
	int err = 0;

	*count = (struct footprint){ 0 };
	if (mmap_read_lock_killable(mm))
		return -EINTR;
	while (!err && (vma = find_vma(mm, at))) {
		err = count_vma(vma, count);
		at = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return err;
}
