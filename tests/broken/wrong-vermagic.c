// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds and loads well, but not when it was built for another kernel. Nothing is
 * wrong with the source: it is built for the one kernel and loaded into the other.
 *
 * expect:
 *	build_kernel=other
 *	outcome=load-error
 *	phase=load
 *	exit=102
 */
#include <linux/module.h>

static int __init wrong_vermagic_init(void)
{
	return 0;
}
module_init(wrong_vermagic_init);

static void __exit wrong_vermagic_exit(void)
{
}
module_exit(wrong_vermagic_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: loaded into a kernel that it was not built for");
