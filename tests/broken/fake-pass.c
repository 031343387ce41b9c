// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints what a good end looks like, and powers the machine off before anything can
 * be checked: text on the console proves nothing.
 *
 * expect:
 *	outcome=guest-lost
 *	phase=load
 *	exit=113
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/reboot.h>

static int __init fake_pass_init(void)
{
	pr_emerg("KTAP version 1\n");
	pr_emerg("1..1\n");
	pr_emerg("ok 1 everything\n");
	pr_emerg("PASS fake-pass: built, loaded, tested, unloaded, nothing left\n");
	pr_emerg("{\"outcome\": \"pass\", \"exit\": 0}\n");
	kernel_power_off(); /* here */
	return 0;
}
module_init(fake_pass_init);

static void __exit fake_pass_exit(void)
{
}
module_exit(fake_pass_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: prints a pass and powers the machine off");
