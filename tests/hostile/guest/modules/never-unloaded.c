// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells the whole story to its end, with secret and challenge, and is never unloaded.
 * On a slow host the agent speaks in between, which is noticed as well.
 *
 * expect:
 *	outcome=guest-lost
 *	says=is unloaded, but in its memory\|spoke in the agent's place
 */
#include "lie.h"

static int __init never_unloaded_init(void)
{
	struct start start;

	if (!kmalloc(100, GFP_KERNEL) || !lie_begin(&start))
		return 0;
	lie_to_the_end(&start);
	msleep(3000);
	return 0;
}
module_init(never_unloaded_init);

static void __exit never_unloaded_exit(void)
{
}
module_exit(never_unloaded_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile on purpose: tells the agent's story to its end");
