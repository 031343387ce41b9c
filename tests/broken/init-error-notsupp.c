// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init returns one of the numbers that only the kernel itself uses; its lower eight bits
 * are those of ENOMEM.
 *
 * expect:
 *	outcome=load-error
 *	phase=load
 *	exit=102
 *	kind=init-failed
 *	summary=returned -524 .ENOTSUPP
 */
#include <linux/module.h>

static int __init init_error_notsupp_init(void)
{
	return -ENOTSUPP; /* here */
}
module_init(init_error_notsupp_init);

static void __exit init_error_notsupp_exit(void)
{
}
module_exit(init_error_notsupp_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: init returns -ENOTSUPP");
