// SPDX-License-Identifier: GPL-2.0-only
/* Forgets its memory: what the commands in client/ want to hide. */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>

static int __init leaky_init(void)
{
	return kmalloc(100, GFP_KERNEL) ? 0 : -ENOMEM;
}
module_init(leaky_init);

static void __exit leaky_exit(void)
{
}
module_exit(leaky_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Leaks, for attacks that want to hide it");
