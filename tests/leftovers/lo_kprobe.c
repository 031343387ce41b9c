// SPDX-License-Identifier: GPL-2.0-only
/* expect: kprobe */
/* A probe stays on a function of the kernel */
#include <linux/kprobes.h>
#include <linux/module.h>

static int before(struct kprobe *p, struct pt_regs *regs)
{
	return 0;
}
static struct kprobe probe = { .symbol_name = "kernel_halt", .pre_handler = before };

static int __init lo_kprobe_init(void)
{
	return register_kprobe(&probe);
}
module_init(lo_kprobe_init);

static void __exit lo_kprobe_exit(void)
{
}
module_exit(lo_kprobe_exit);

MODULE_DESCRIPTION("Test: a probe stays on a function of the kernel");
MODULE_LICENSE("GPL");
