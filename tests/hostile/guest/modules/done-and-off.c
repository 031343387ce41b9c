// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells the story to its end and powers the machine off, so that nobody can look.
 *
 * expect:
 *	outcome=guest-lost
 *	says=.
 */
#include <linux/reboot.h>

#include "lie.h"

static int __init done_and_off_init(void)
{
	struct start start;

	if (!kmalloc(100, GFP_KERNEL) || !lie_begin(&start))
		return 0;
	lie_to_the_end(&start);
	kernel_power_off();
	return 0;
}
module_init(done_and_off_init);

static void __exit done_and_off_exit(void)
{
}
module_exit(done_and_off_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile on purpose: says done and powers off");
