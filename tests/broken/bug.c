// SPDX-License-Identifier: GPL-2.0-only
/*
 * A BUG_ON() fires.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=bug-on
 *	exit=111
 *	line=here
 *	function=bug_init
 */
#include <linux/bug.h>
#include <linux/module.h>

/* volatile: code behind a BUG() that is sure to fire would be left out */
static volatile bool sure = true;

static int __init bug_init(void)
{
	BUG_ON(sure); /* here */
	return 0;
}
module_init(bug_init);

static void __exit bug_exit(void)
{
}
module_exit(bug_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: hits a BUG_ON");
