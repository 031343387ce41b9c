// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init passes on what an interrupted wait gave it: the number has more than eight bits,
 * and its lower eight are 0.
 *
 * expect:
 *	outcome=load-error
 *	phase=load
 *	exit=102
 *	kind=init-failed
 *	summary=returned -512 .ERESTARTSYS
 */
#include <linux/module.h>

static int __init init_error_restart_init(void)
{
	return -ERESTARTSYS; /* here */
}
module_init(init_error_restart_init);

static void __exit init_error_restart_exit(void)
{
}
module_exit(init_error_restart_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: init returns -ERESTARTSYS");
