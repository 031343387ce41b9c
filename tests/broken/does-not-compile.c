// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does not compile: the compiler stops at a name that nobody declared.
 *
 * expect:
 *	outcome=build-error
 *	phase=build
 *	exit=101
 *	line=here
 *	summary=undeclared
 */
#include <linux/module.h>

static int __init does_not_compile_init(void)
{
	return no_such_variable; /* here */
}
module_init(does_not_compile_init);

static void __exit does_not_compile_exit(void)
{
}
module_exit(does_not_compile_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: uses a name that nobody declared");
