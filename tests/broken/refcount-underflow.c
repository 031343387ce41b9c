// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drops one reference more than was ever taken.
 *
 * expect:
 *	outcome=warning
 *	phase=load
 *	kind=refcount-underflow
 *	exit=105
 *	line=here
 *	function=refcount_underflow_init
 */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t users = REFCOUNT_INIT(1);

static int __init refcount_underflow_init(void)
{
	if (refcount_dec_and_test(&users) &&
	    refcount_dec_and_test(&users)) /* here */
		return -EIO;
	return 0;
}
module_init(refcount_underflow_init);

static void __exit refcount_underflow_exit(void)
{
}
module_exit(refcount_underflow_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: drops a reference that it does not hold");
