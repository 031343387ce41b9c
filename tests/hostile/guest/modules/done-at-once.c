// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says that all is done while it is being loaded, with the agent's own secret.
 *
 * expect:
 *	outcome=guest-lost
 *	says=something in the guest spoke in the agent's place
 */
#include "lie.h"

static int __init done_at_once_init(void)
{
	struct start start;
	struct done done = {{0}};

	if (!kmalloc(100, GFP_KERNEL) || !lie_begin(&start))
		return 0;
	memcpy(done.secret, start.secret, SECRET);
	lie_say(DONE, &done, sizeof(done));
	msleep(3000);
	return 0;
}
module_init(done_at_once_init);

static void __exit done_at_once_exit(void)
{
}
module_exit(done_at_once_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile on purpose: says done while it is loaded");
