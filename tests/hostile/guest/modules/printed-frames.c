// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints to the kernel's log and console what looks like the agent's last frame.
 *
 * expect:
 *	outcome=leak
 *	says=never freed
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>

static int __init printed_frames_init(void)
{
	pr_emerg("KMLB\003%c\020%cH%c%c%c\n", 0, 0, 0, 0, 0);
	pr_emerg("KMLB\\x03\\x00\\x10\\x00\\x50\\x00\\x00\\x00\n");
	pr_emerg("6,1,1,-;KMLB PHASE 3 DONE\n");
	return kmalloc(100, GFP_KERNEL) ? 0 : -ENOMEM;
}
module_init(printed_frames_init);

static void __exit printed_frames_exit(void)
{
}
module_exit(printed_frames_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile on purpose: prints frames");
