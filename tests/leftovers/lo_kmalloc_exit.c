// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory 128 */
/* Allocated while unloading */
#include <linux/module.h>
#include <linux/slab.h>

static void *last;

static int __init lo_kmalloc_exit_init(void)
{
	return 0;
}
module_init(lo_kmalloc_exit_init);

static void __exit lo_kmalloc_exit_exit(void)
{
	WRITE_ONCE(last, kzalloc(128, GFP_KERNEL));
}
module_exit(lo_kmalloc_exit_exit);

MODULE_DESCRIPTION("Test: allocated while unloading");
MODULE_LICENSE("GPL");
