// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls panic().
 *
 * expect:
 *	outcome=panic
 *	phase=load
 *	exit=112
 *	summary=given up on purpose
 */
#include <linux/kernel.h>
#include <linux/module.h>

/* volatile: the compiler must not see that nothing comes after it */
static volatile bool sure = true;

static int __init panic_init(void)
{
	if (sure)
		panic("given up on purpose"); /* here */
	return 0;
}
module_init(panic_init);

static void __exit panic_exit(void)
{
}
module_exit(panic_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: panics");
