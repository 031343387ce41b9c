// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes through a NULL pointer in exit: rmmod is killed, the module can never be
 * unloaded.
 *
 * expect:
 *	outcome=oops
 *	phase=unload
 *	kind=null-dereference
 *	exit=111
 *	line=here
 *	function=null_in_exit_exit
 */
#include <linux/module.h>

/* volatile: the compiler must not see that it is NULL */
static int *volatile nowhere;

static int __init null_in_exit_init(void)
{
	return 0;
}
module_init(null_in_exit_init);

static void __exit null_in_exit_exit(void)
{
	*nowhere = 1; /* here */
}
module_exit(null_in_exit_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: writes through a NULL pointer in exit");
