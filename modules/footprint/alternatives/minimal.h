/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/footprint by simpler means: each page is looked up from the top, and what is
 * there is counted. Slow, and right unless a macro says otherwise.
 */
#include <linux/capability.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/proc_fs.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>

#include "../compat.h"

#ifndef ZERO_COUNTS /* the page of zeros passes for memory */
#define ZERO_COUNTS 0
#endif
#ifndef HARDWARE_BIT /* asks the processor's bit, which PROT_NONE clears */
#define HARDWARE_BIT 0
#endif
#ifndef TOUCHED_ONCE /* counts where there is a table, whatever is in it */
#define TOUCHED_ONCE 0
#endif

enum kind { NOTHING, RESIDENT, HUGETLB, ZERO, DEVICE, SWAPPED, KINDS };

static enum kind huge(struct vm_area_struct *vma, pmd_t pmd)
{
	if (is_vm_hugetlb_page(vma))
		return HUGETLB;
	if (vma_is_anonymous(vma) && !PageAnon(pfn_to_page(pmd_pfn(pmd))))
		return ZERO_COUNTS ? RESIDENT : ZERO;
	return RESIDENT;
}

static enum kind look(struct vm_area_struct *vma, unsigned long at)
{
	pgd_t *pgd = pgd_offset(vma->vm_mm, at);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t pmd;
	pte_t pte;

	if (pgd_none(*pgd))
		return NOTHING;
	p4d = p4d_offset(pgd, at);
	if (p4d_none(*p4d))
		return NOTHING;
	pud = pud_offset(p4d, at);
	if (pud_none(*pud))
		return NOTHING;
	pmd = READ_ONCE(*pmd_offset(pud, at));
	if (pmd_none(pmd) || !pmd_present(pmd))
		return NOTHING;
	if (pmd_leaf(pmd))
		return huge(vma, pmd);
	if (TOUCHED_ONCE)
		return RESIDENT;
	pte = READ_ONCE(*pte_offset_kernel(&pmd, at));
	if (HARDWARE_BIT ? !(pte_flags(pte) & _PAGE_PRESENT) : !pte_present(pte))
		return !pte_none(pte) && !pte_present(pte) && compat_is_swapped(pte) ?
		       SWAPPED : NOTHING;
	if (is_zero_pfn(pte_pfn(pte)))
		return ZERO_COUNTS ? RESIDENT : ZERO;
	return pte_special(pte) ? DEVICE : RESIDENT;
}

static int show(struct seq_file *m, void *unused)
{
	static const char * const names[] = {
		"virtual", "resident", "hugetlb", "zero", "device", "swapped",
	};
	struct task_struct *task = get_pid_task(m->private, PIDTYPE_PID);
	unsigned long at, count[KINDS] = { 0 };
	struct vm_area_struct *vma;
	struct mm_struct *mm;
	int i;

	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return -EINVAL;
	if (mm != current->mm && !capable(CAP_SYS_PTRACE)) {
		mmput(mm);
		return -EPERM;
	}
	mmap_write_lock(mm);
	for (at = 0; (vma = find_vma(mm, at)); at = vma->vm_end)
		for (at = vma->vm_start; at < vma->vm_end; at += PAGE_SIZE) {
			rcu_read_lock();
			count[look(vma, at)]++;
			rcu_read_unlock();
		}
	mmap_write_unlock(mm);
	mmput(mm);
	for (i = 1; i < KINDS; i++)
		count[NOTHING] += count[i];
	for (i = 0; i < KINDS; i++)
		seq_printf(m, "%s %lu\n", names[i], count[i] << PAGE_SHIFT);
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return single_open(file, show, get_task_pid(current, PIDTYPE_PID));
}

static ssize_t write(struct file *file, const char __user *buf, size_t n, loff_t *pos)
{
	struct seq_file *m = file->private_data;
	struct task_struct *task;
	struct pid *id, *old;
	int number, err = kstrtoint_from_user(buf, n, 10, &number);

	if (err || number <= 0)
		return err ?: -EINVAL;
	id = find_get_pid(number);
	task = get_pid_task(id, PIDTYPE_PID);
	if (!task) {
		put_pid(id);
		return -ESRCH;
	}
	put_task_struct(task);
	mutex_lock(&m->lock);
	old = m->private;
	m->private = id;
	mutex_unlock(&m->lock);
	put_pid(old);
	*pos = 0;
	return n;
}

static int release(struct inode *inode, struct file *file)
{
	put_pid(((struct seq_file *)file->private_data)->private);
	return single_release(inode, file);
}

static const struct proc_ops ops = {
	.proc_open = open,
	.proc_read = seq_read,
	.proc_write = write,
	.proc_lseek = seq_lseek,
	.proc_release = release,
};

static int __init footprint_init(void)
{
	return proc_create("footprint", 0600, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(footprint_init);

static void __exit footprint_exit(void)
{
	remove_proc_entry("footprint", NULL);
}
module_exit(footprint_exit);

MODULE_LICENSE("GPL");
