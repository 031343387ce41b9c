// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_kvmalloc */
/* More than a page, which the kernel asks its own allocator for */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

static void *lost;

static int __init lo_kvmalloc_init(void)
{
	lost = kvmalloc(6000, GFP_KERNEL);
	return lost ? 0 : -ENOMEM;
}
module_init(lo_kvmalloc_init);

static void __exit lo_kvmalloc_exit(void)
{
}
module_exit(lo_kvmalloc_exit);

MODULE_DESCRIPTION("Test: loses what kvmalloc() gave");
MODULE_LICENSE("GPL");
