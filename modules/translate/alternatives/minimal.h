/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/translate by simpler means: the mmap lock is held for writing, so that hardly
 * anything moves, and each page is looked up from the top. Slow, and right unless a
 * macro says otherwise.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../uapi/translate.h"

#ifndef FORGETS_OFFSET /* where in a huge page the address is */
#define FORGETS_OFFSET 0
#endif
#ifndef HARDWARE_BIT /* asks the processor's bit, which PROT_NONE clears */
#define HARDWARE_BIT 0
#endif
#ifndef SWAP_IS_EMPTY /* what is not present is nothing */
#define SWAP_IS_EMPTY 0
#endif

static u64 whose(struct vm_area_struct *vma, unsigned long pfn, bool special, int shift)
{
	if (is_zero_pfn(pfn))
		return TRANSLATE_ZERO;
	if (special || vma->vm_flags & VM_PFNMAP)
		return TRANSLATE_PFNMAP;
	if (is_vm_hugetlb_page(vma))
		return TRANSLATE_HUGETLB;
	if (compat_is_ksm(pfn_to_page(pfn)))
		return TRANSLATE_ANON | TRANSLATE_KSM;
	if (PageAnon(pfn_to_page(pfn)))
		return TRANSLATE_ANON;
	return vma_is_anonymous(vma) && shift == PMD_SHIFT ? TRANSLATE_ZERO :
							     TRANSLATE_FILE;
}

static u64 found(struct vm_area_struct *vma, unsigned long at, unsigned long pfn,
		 bool may_use, bool may_write, bool special, int shift)
{
	u64 in = FORGETS_OFFSET ? 0 : at & (BIT(shift) - 1) & PAGE_MASK;

	return TRANSLATE_PRESENT | whose(vma, pfn, special, shift) |
	       (((u64)pfn << PAGE_SHIFT) + in) | (u64)shift << 56 |
	       (may_use ? 0 : TRANSLATE_NO_ACCESS) |
	       (may_use && may_write ? TRANSLATE_WRITABLE : 0);
}

static u64 look(struct vm_area_struct *vma, unsigned long at)
{
	pgd_t *pgd = pgd_offset(vma->vm_mm, at);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t pmd;
	pte_t pte;

	if (pgd_none(*pgd))
		return TRANSLATE_EMPTY;
	p4d = p4d_offset(pgd, at);
	if (p4d_none(*p4d))
		return TRANSLATE_EMPTY;
	pud = pud_offset(p4d, at);
	if (pud_none(*pud))
		return TRANSLATE_EMPTY;
	pmd = READ_ONCE(*pmd_offset(pud, at));
	if (pmd_none(pmd))
		return TRANSLATE_EMPTY;
	if (!pmd_present(pmd))
		return TRANSLATE_MOVING;
	if (pmd_leaf(pmd))
		return found(vma, at, pmd_pfn(pmd), pmd_flags(pmd) & _PAGE_PRESENT,
			     pmd_write(pmd), false, PMD_SHIFT);
	pte = READ_ONCE(*pte_offset_kernel(&pmd, at));
	if (HARDWARE_BIT ? !!(pte_flags(pte) & _PAGE_PRESENT) : pte_present(pte))
		return found(vma, at, pte_pfn(pte), pte_flags(pte) & _PAGE_PRESENT,
			     pte_write(pte), pte_special(pte), PAGE_SHIFT);
	if (pte_none(pte) || SWAP_IS_EMPTY || pte_present(pte))
		return TRANSLATE_EMPTY;
	return compat_is_swapped(pte) ? TRANSLATE_SWAPPED :
	       compat_is_moving(pte) ? TRANSLATE_MOVING : TRANSLATE_EMPTY;
}

static u64 answer(struct mm_struct *mm, unsigned long at)
{
	struct vm_area_struct *vma;
	u64 word = TRANSLATE_UNMAPPED;

	mmap_write_lock(mm);
	vma = find_vma(mm, at);
	if (vma && vma->vm_start <= at) {
		rcu_read_lock();
		word = look(vma, at);
		rcu_read_unlock();
	}
	mmap_write_unlock(mm);
	return word;
}

static long ask(struct file *file, unsigned int command, unsigned long arg)
{
	struct translate_range r;
	struct task_struct *task;
	struct mm_struct *mm;
	struct pid *id;
	long err = 0;
	u64 done = 0;

	if (command != TRANSLATE_RANGE)
		return -ENOTTY;
	if (copy_from_user(&r, (void __user *)arg, sizeof(r)))
		return -EFAULT;
	r.start &= PAGE_MASK;
	if (r.reserved || r.start > TASK_SIZE_MAX ||
	    r.pages > (TASK_SIZE_MAX - r.start) >> PAGE_SHIFT)
		return -EINVAL;
	id = r.pid ? find_get_pid(r.pid) : get_task_pid(current, PIDTYPE_PID);
	task = get_pid_task(id, PIDTYPE_PID);
	put_pid(id);
	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN) || (mm != current->mm && !capable(CAP_SYS_PTRACE)))
		err = -EPERM;
	for (; !err && done < r.pages && !signal_pending(current); done++)
		if (put_user(answer(mm, r.start + done * PAGE_SIZE),
			     (u64 __user *)u64_to_user_ptr(r.words) + done))
			err = -EFAULT;
	mmput(mm);
	r.pages = done;
	if (!err && copy_to_user((void __user *)arg, &r, sizeof(r)))
		err = -EFAULT;
	return err;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = ask,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "translate", .fops = &fops, .mode = 0600,
};
module_misc_device(device);

MODULE_LICENSE("GPL");
