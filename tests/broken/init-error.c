// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init refuses: the verdict must say the errno in words.
 *
 * expect:
 *	outcome=load-error
 *	phase=load
 *	exit=102
 *	summary=ENODEV|[Nn]o such device
 */
#include <linux/module.h>

static int __init init_error_init(void)
{
	return -ENODEV; /* here */
}
module_init(init_error_init);

static void __exit init_error_exit(void)
{
}
module_exit(init_error_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: init says there is no device");
