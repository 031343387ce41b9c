// SPDX-License-Identifier: GPL-2.0-only
/*
 * Divides by zero.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=divide-error
 *	exit=111
 *	line=here
 *	function=divide_by_zero_init
 */
#include <linux/module.h>

/* volatile: the compiler must not see that it is 0 */
static volatile int zero;

static int __init divide_by_zero_init(void)
{
	return 100 / zero; /* here */
}
module_init(divide_by_zero_init);

static void __exit divide_by_zero_exit(void)
{
}
module_exit(divide_by_zero_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: divides by zero");
