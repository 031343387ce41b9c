// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocates 100 000 bytes by vmalloc() and never frees them.
 *
 * expect:
 *	outcome=leak
 *	phase=leak
 *	kind=vmalloc
 *	exit=104
 *	line=here
 *	function=leak_vmalloc_init
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

/* volatile: the compiler must not leave out what nobody uses */
static void *volatile kept;

static int __init leak_vmalloc_init(void)
{
	kept = vmalloc(100000); /* here */
	return kept ? 0 : -ENOMEM;
}
module_init(leak_vmalloc_init);

static void __exit leak_vmalloc_exit(void)
{
}
module_exit(leak_vmalloc_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: never frees its vmalloc buffer");
