// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory 640000 */
/* Ten thousand blocks from one line are one leftover */
#include <linux/module.h>
#include <linux/slab.h>

static noinline void *take(void)
{
	return kmalloc(64, GFP_KERNEL);
}

static int __init lo_kmalloc_many_init(void)
{
	int i;

	for (i = 0; i < 10000; i++)
		if (!take())
			return -ENOMEM;
	return 0;
}
module_init(lo_kmalloc_many_init);

static void __exit lo_kmalloc_many_exit(void)
{
}
module_exit(lo_kmalloc_many_exit);

MODULE_DESCRIPTION("Test: ten thousand blocks from one line are one leftover");
MODULE_LICENSE("GPL");
