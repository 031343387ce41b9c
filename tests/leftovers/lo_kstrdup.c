// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory 11 */
/* Allocated by a helper of the kernel for the module */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *name;

static int __init lo_kstrdup_init(void)
{
	name = kstrdup("0123456789", GFP_KERNEL);
	return name ? 0 : -ENOMEM;
}
module_init(lo_kstrdup_init);

static void __exit lo_kstrdup_exit(void)
{
}
module_exit(lo_kstrdup_exit);

MODULE_DESCRIPTION("Test: allocated by a helper of the kernel for the module");
MODULE_LICENSE("GPL");
