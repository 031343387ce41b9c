// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiles, but nothing exports the function that it calls: modpost stops.
 *
 * expect:
 *	outcome=build-error
 *	phase=build
 *	exit=101
 *	summary=no_such_function
 */
#include <linux/module.h>

void no_such_function(void);

static int __init missing_symbol_init(void)
{
	no_such_function(); /* here */
	return 0;
}
module_init(missing_symbol_init);

static void __exit missing_symbol_exit(void)
{
}
module_exit(missing_symbol_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: calls a function that no kernel has");
