// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells the story to its end and makes the list of modules lead back into itself.
 * On a slow host the agent speaks in between, which is noticed as well.
 *
 * expect:
 *	outcome=guest-lost
 *	says=the kernel's list of modules is damaged\|spoke in the agent's place
 */
#include "lie.h"

static struct list_head circle = LIST_HEAD_INIT(circle);

static int __init endless_list_init(void)
{
	struct start start;

	if (!kmalloc(100, GFP_KERNEL) || !lie_begin(&start))
		return 0;
	THIS_MODULE->list.prev->next = &circle;
	lie_to_the_end(&start);
	msleep(3000);
	return 0;
}
module_init(endless_list_init);

static void __exit endless_list_exit(void)
{
}
module_exit(endless_list_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile on purpose: makes the list of modules a circle");
