// SPDX-License-Identifier: GPL-2.0-only
/* expect: mm reference to its memory (again) */
/* A reference to the memory of the task that loaded it */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

static struct mm_struct *mm;

static int __init lo_mm_init(void)
{
	mm = current->mm;
	mmgrab(mm);
	return 0;
}
module_init(lo_mm_init);

static void __exit lo_mm_exit(void)
{
}
module_exit(lo_mm_exit);

MODULE_DESCRIPTION("Test: a reference to the memory of the task that loaded it");
MODULE_LICENSE("GPL");
