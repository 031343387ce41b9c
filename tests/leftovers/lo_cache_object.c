// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory */
/* An object of a cache that belongs to the kernel */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>

static char *name;

static int __init lo_cache_object_init(void)
{
	name = __getname();
	return name ? 0 : -ENOMEM;
}
module_init(lo_cache_object_init);

static void __exit lo_cache_object_exit(void)
{
}
module_exit(lo_cache_object_exit);

MODULE_DESCRIPTION("Test: an object of a cache that belongs to the kernel");
MODULE_LICENSE("GPL");
