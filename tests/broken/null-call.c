// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls through a NULL function pointer: the faulting address is outside any
 * function, the caller is the next frame.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=null-call
 *	exit=111
 *	line=here
 *	function=null_call_init
 */
#include <linux/module.h>

/* volatile: the compiler must not see that it is NULL */
static int (*volatile nobody)(void);

static int __init null_call_init(void)
{
	return nobody() ? -EIO : 0; /* here */
}
module_init(null_call_init);

static void __exit null_call_exit(void)
{
}
module_exit(null_call_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: calls through a NULL pointer");
