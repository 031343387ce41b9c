// SPDX-License-Identifier: GPL-2.0-only
/* expect: pages 16384 (again) */
/* Whole pages */
#include <linux/gfp.h>
#include <linux/module.h>

static struct page *pages;

static int __init lo_pages_init(void)
{
	pages = alloc_pages(GFP_KERNEL, 2);
	return pages ? 0 : -ENOMEM;
}
module_init(lo_pages_init);

static void __exit lo_pages_exit(void)
{
}
module_exit(lo_pages_exit);

MODULE_DESCRIPTION("Test: whole pages");
MODULE_LICENSE("GPL");
