// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init returns 1. The kernel keeps the module but prints a warning: it expects 0 or a
 * negative errno.
 *
 * expect:
 *	outcome=warning
 *	phase=load
 *	kind=init-positive
 *	summary=returned 1, .* in init_positive_init
 *	exit=105
 */
#include <linux/module.h>

static int __init init_positive_init(void)
{
	return 1; /* here */
}
module_init(init_positive_init);

static void __exit init_positive_exit(void)
{
}
module_exit(init_positive_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: init returns a positive number");
