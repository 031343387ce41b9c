// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes a reference to itself and never drops it: it stays in use for ever.
 *
 * expect:
 *	outcome=leak
 *	phase=unload
 *	exit=104
 */
#include <linux/module.h>

static int __init leak_reference_init(void)
{
	return try_module_get(THIS_MODULE) ? 0 : -ENODEV; /* here */
}
module_init(leak_reference_init);

static void __exit leak_reference_exit(void)
{
}
module_exit(leak_reference_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: takes a reference to itself");
