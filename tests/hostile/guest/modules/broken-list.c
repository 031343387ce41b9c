// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells the story to its end and leads the list of modules into nowhere.
 * On a slow host the agent speaks in between, which is noticed as well.
 *
 * expect:
 *	outcome=guest-lost
 *	says=the kernel's list of modules is damaged\|spoke in the agent's place
 */
#include "lie.h"

static int __init broken_list_init(void)
{
	struct start start;

	if (!kmalloc(100, GFP_KERNEL) || !lie_begin(&start))
		return 0;
	THIS_MODULE->list.prev->next = (struct list_head *)0xffffc00000001000UL;
	lie_to_the_end(&start);
	msleep(3000);
	return 0;
}
module_init(broken_list_init);

static void __exit broken_list_exit(void)
{
}
module_exit(broken_list_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile on purpose: damages the list of modules");
