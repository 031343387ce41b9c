// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls itself until the kernel stack (16 KiB) is used up and its guard page is hit.
 *
 * expect:
 *	outcome=oops|panic
 *	phase=load
 *	kind=stack-overflow|double-fault|panic
 *	exit=111|112
 *	line=here
 *	function=deeper
 */
#include <linux/module.h>

/* volatile: the compiler must not see that there is no end */
static volatile int depth = 1 << 30;

static noinline int deeper(int n)
{
	volatile char room[256];

	room[0] = n;
	if (!n)
		return 0;
	return deeper(n - 1) + room[0]; /* here */
}

static int __init stack_overflow_init(void)
{
	return deeper(depth);
}
module_init(stack_overflow_init);

static void __exit stack_overflow_exit(void)
{
}
module_exit(stack_overflow_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: calls itself without end");
