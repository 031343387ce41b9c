// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory 100000 */
/* Larger than any cache: straight from the page allocator */
#include <linux/module.h>
#include <linux/slab.h>

static void *last;

static int __init lo_kmalloc_large_init(void)
{
	last = kmalloc(100000, GFP_KERNEL);
	return last ? 0 : -ENOMEM;
}
module_init(lo_kmalloc_large_init);

static void __exit lo_kmalloc_large_exit(void)
{
}
module_exit(lo_kmalloc_large_exit);

MODULE_DESCRIPTION("Test: larger than any cache: straight from the page allocator");
MODULE_LICENSE("GPL");
