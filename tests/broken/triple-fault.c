// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads an empty interrupt table and raises an exception. The table has no handler for
 * it, and none for the double fault that follows from that: the processor resets.
 *
 * expect:
 *	outcome=guest-lost
 *	phase=load
 *	exit=113
 */
#include <asm/desc.h>
#include <linux/irqflags.h>
#include <linux/module.h>

static const struct desc_ptr nothing;

static int __init triple_fault_init(void)
{
	local_irq_disable();
	load_idt(&nothing);
	asm volatile("int3"); /* here */
	return 0;
}
module_init(triple_fault_init);

static void __exit triple_fault_exit(void)
{
}
module_exit(triple_fault_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: takes the interrupt table away");
