// SPDX-License-Identifier: GPL-2.0-only
/* expect: vmalloc 20480 */
/* Virtually contiguous memory not freed */
#include <linux/module.h>
#include <linux/vmalloc.h>

static void *last;

static int __init lo_vmalloc_init(void)
{
	last = vmalloc(20000);
	return last ? 0 : -ENOMEM;
}
module_init(lo_vmalloc_init);

static void __exit lo_vmalloc_exit(void)
{
}
module_exit(lo_vmalloc_exit);

MODULE_DESCRIPTION("Test: virtually contiguous memory not freed");
MODULE_LICENSE("GPL");
