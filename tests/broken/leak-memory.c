// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocates 1000 bytes and never frees them.
 *
 * expect:
 *	outcome=leak
 *	phase=leak
 *	kind=memory
 *	exit=104
 *	line=here
 *	function=leak_memory_init
 */
#include <linux/module.h>
#include <linux/slab.h>

/* volatile: the compiler must not leave out what nobody uses */
static void *volatile kept;

static int __init leak_memory_init(void)
{
	kept = kmalloc(1000, GFP_KERNEL); /* here */
	return kept ? 0 : -ENOMEM;
}
module_init(leak_memory_init);

static void __exit leak_memory_exit(void)
{
}
module_exit(leak_memory_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: never frees what it allocates");
