// SPDX-License-Identifier: GPL-2.0-only
/*
 * A WARN_ON() fires; everything else is well.
 *
 * expect:
 *	outcome=warning
 *	phase=load
 *	kind=warning
 *	exit=105
 *	line=here
 *	function=warn_init
 */
#include <linux/bug.h>
#include <linux/module.h>

static int __init warn_init(void)
{
	WARN_ON(1); /* here */
	return 0;
}
module_init(warn_init);

static void __exit warn_exit(void)
{
}
module_exit(warn_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: hits a WARN_ON");
