// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows a NULL pointer in init: insmod is killed, the module stays half loaded.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=null-dereference
 *	exit=111
 *	line=here
 *	function=null_in_init_init
 */
#include <linux/module.h>

/* volatile: the compiler must not see that it is NULL */
static int *volatile nowhere;

static int __init null_in_init_init(void)
{
	return *nowhere; /* here */
}
module_init(null_in_init_init);

static void __exit null_in_init_exit(void)
{
}
module_exit(null_in_init_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: follows a NULL pointer in init");
