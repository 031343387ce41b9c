// SPDX-License-Identifier: GPL-2.0-only
/* expect: slab lo_slab */
/* A slab cache stays, with an odd size and so not merged */
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;

static int __init lo_slab_init(void)
{
	cache = kmem_cache_create("lo_slab", 1234, 0, 0, NULL);
	return cache ? 0 : -ENOMEM;
}
module_init(lo_slab_init);

static void __exit lo_slab_exit(void)
{
}
module_exit(lo_slab_exit);

MODULE_DESCRIPTION("Test: a slab cache stays, with an odd size and so not merged");
MODULE_LICENSE("GPL");
