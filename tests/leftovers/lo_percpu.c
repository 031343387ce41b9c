// SPDX-License-Identifier: GPL-2.0-only
/* expect: percpu (5.19 and later: the event had no call site before) */
/* Per-CPU memory not freed */
#include <linux/module.h>
#include <linux/percpu.h>

static u64 __percpu *count;

static int __init lo_percpu_init(void)
{
	count = alloc_percpu(u64);
	return count ? 0 : -ENOMEM;
}
module_init(lo_percpu_init);

static void __exit lo_percpu_exit(void)
{
}
module_exit(lo_percpu_exit);

MODULE_DESCRIPTION("Test: per-cpu memory not freed");
MODULE_LICENSE("GPL");
