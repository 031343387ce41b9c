// SPDX-License-Identifier: GPL-2.0-only
/*
 * A licence that is not GPL-compatible and a symbol that is exported to GPL modules
 * only: modpost refuses.
 *
 * expect:
 *	outcome=build-error
 *	phase=build
 *	exit=101
 *	summary=GPL
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static struct kprobe probe;

static int __init gpl_only_init(void)
{
	return register_kprobe(&probe); /* here */
}
module_init(gpl_only_init);

static void __exit gpl_only_exit(void)
{
}
module_exit(gpl_only_exit);

MODULE_LICENSE("Proprietary");
MODULE_DESCRIPTION("Broken on purpose: a proprietary module that needs a GPL-only symbol");
