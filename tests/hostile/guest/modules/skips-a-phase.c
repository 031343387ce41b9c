// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says that the last phase has begun before the ones between have.
 *
 * expect:
 *	outcome=guest-lost
 *	says=something in the guest spoke in the agent's place
 */
#include "lie.h"

static int __init skips_a_phase_init(void)
{
	struct start start;

	if (!kmalloc(100, GFP_KERNEL) || !lie_begin(&start))
		return 0;
	lie_phase(PHASE_LEAK);
	msleep(3000);
	return 0;
}
module_init(skips_a_phase_init);

static void __exit skips_a_phase_exit(void)
{
}
module_exit(skips_a_phase_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hostile on purpose: skips phases");
