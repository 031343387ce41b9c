// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init returns a number that is no error code, nor one for the C library.
 *
 * expect:
 *	outcome=load-error
 *	phase=load
 *	exit=102
 *	kind=init-failed
 *	summary=its init function init_error_unknown_init .* returned -5000, which
 */
#include <linux/module.h>

static int __init init_error_unknown_init(void)
{
	return -5000; /* here */
}
module_init(init_error_unknown_init);

static void __exit init_error_unknown_exit(void)
{
}
module_exit(init_error_unknown_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: init returns -5000");
