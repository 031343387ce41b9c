// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit waits for something that never happens.
 *
 * expect:
 *	outcome=hung
 *	phase=unload
 *	exit=109
 *	line=here
 *	function=stuck_exit_exit
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/printk.h>

static DECLARE_COMPLETION(never);

static int __init stuck_exit_init(void)
{
	return 0;
}
module_init(stuck_exit_init);

static void __exit stuck_exit_exit(void)
{
	wait_for_completion(&never); /* here */
	/* If nothing followed, the call above would be a jump and leave no frame. */
	pr_info("not reached\n");
}
module_exit(stuck_exit_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: exit waits for something that never happens");
