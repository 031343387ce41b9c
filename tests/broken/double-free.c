// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frees the same object twice in a row. 7.2 keeps freed objects aside and notices
 * when it takes them back, a line later.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=double-free
 *	exit=111
 *	function=double_free_init
 *	line=here
 *	line@debian/7.2=later
 */
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;

/* A constructor keeps the kernel from merging this cache with others of its size. */
static void construct(void *object)
{
}

static int __init double_free_init(void)
{
	void *p, *same;

	cache = kmem_cache_create("double-free", 64, 0, 0, construct);
	if (!cache)
		return -ENOMEM;
	p = kmem_cache_alloc(cache, GFP_KERNEL);
	same = p;
	OPTIMIZER_HIDE_VAR(same); /* else the compiler sees it and warns */
	kmem_cache_free(cache, p);
	kmem_cache_free(cache, same); /* here */
	kmem_cache_shrink(cache);
	return 0;
}
module_init(double_free_init);

static void __exit double_free_exit(void)
{
	kmem_cache_destroy(cache);
}
module_exit(double_free_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: frees the same object twice");
