// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints to the kernel log without end.
 *
 * expect:
 *	outcome=guest-lost|hung
 *	phase=load
 *	exit=113|109
 */
#include <linux/kernel.h>
#include <linux/module.h>

/* volatile: a loop that the compiler knows to be endless may be taken out */
static volatile bool again = true;

static int __init flood_init(void)
{
	while (again)
		pr_info("the same line for ever, the same line for ever, the same line\n"); /* here */
	return 0;
}
module_init(flood_init);

static void __exit flood_exit(void)
{
}
module_exit(flood_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: prints without end");
