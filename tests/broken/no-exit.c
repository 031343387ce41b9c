// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has an init but no exit function: the kernel refuses to unload it.
 *
 * expect:
 *	outcome=unload-error
 *	phase=unload
 *	exit=103
 */
#include <linux/module.h>

static int __init no_exit_init(void)
{
	return 0;
}
module_init(no_exit_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: has no exit function");
