// SPDX-License-Identifier: GPL-2.0-only
/* expect: pages */
/* Four pages not freed */
#include <linux/gfp.h>
#include <linux/module.h>

static unsigned long pages;

static int __init lo_pages_init(void)
{
	pages = __get_free_pages(GFP_KERNEL, 2);
	return pages ? 0 : -ENOMEM;
}
module_init(lo_pages_init);

static void __exit lo_pages_exit(void)
{
}
module_exit(lo_pages_exit);

MODULE_DESCRIPTION("Test: four pages not freed");
MODULE_LICENSE("GPL");
