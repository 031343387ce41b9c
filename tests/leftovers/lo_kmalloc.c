// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory 640 */
/* Ten blocks of 64 bytes allocated in init, none freed */
#include <linux/module.h>
#include <linux/slab.h>

static void *last;

static int __init lo_kmalloc_init(void)
{
	int i;

	for (i = 0; i < 10; i++)
		last = kmalloc(64, GFP_KERNEL);
	return last ? 0 : -ENOMEM;
}
module_init(lo_kmalloc_init);

static void __exit lo_kmalloc_exit(void)
{
}
module_exit(lo_kmalloc_exit);

MODULE_DESCRIPTION("Test: ten blocks of 64 bytes allocated in init, none freed");
MODULE_LICENSE("GPL");
