// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is loaded with a parameter name that is spelled wrong. The kernel ignores what it
 * does not know and only says so in the log.
 *
 * expect:
 *	param=color=1
 *	outcome=warning
 *	phase=load
 *	kind=unknown-parameter
 *	exit=105
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

static int colour;
module_param(colour, int, 0444);

static int __init unknown_parameter_init(void)
{
	return 0;
}
module_init(unknown_parameter_init);

static void __exit unknown_parameter_exit(void)
{
}
module_exit(unknown_parameter_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: is given a parameter that it does not have");
