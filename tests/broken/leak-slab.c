// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destroys a slab cache of which one object is still in use.
 *
 * expect:
 *	outcome=leak|warning|sanitizer
 *	phase=unload|leak
 *	exit=104|105|110
 */
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;
static void *object;

static int __init leak_slab_init(void)
{
	cache = kmem_cache_create("leak-slab", 200, 0, SLAB_POISON, NULL);
	if (!cache)
		return -ENOMEM;
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	return 0;
}
module_init(leak_slab_init);

static void __exit leak_slab_exit(void)
{
	kmem_cache_destroy(cache); /* here */
}
module_exit(leak_slab_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: destroys a slab cache that has an object in use");
