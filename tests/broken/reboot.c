// SPDX-License-Identifier: GPL-2.0-only
/*
 * Restarts the machine while it is being loaded.
 *
 * expect:
 *	outcome=guest-lost
 *	phase=load
 *	exit=113
 */
#include <linux/module.h>
#include <linux/reboot.h>

static int __init reboot_init(void)
{
	emergency_restart(); /* here */
	return 0;
}
module_init(reboot_init);

static void __exit reboot_exit(void)
{
}
module_exit(reboot_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: restarts the machine");
