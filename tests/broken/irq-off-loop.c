// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init loops without end with interrupts off: one processor gets no interrupt any
 * more, not even its timer's.
 *
 * expect:
 *	outcome=hung|guest-lost
 *	phase=load
 *	exit=109|113
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/processor.h>

/* volatile: a loop that the compiler knows to be endless may be taken out */
static volatile bool again = true;

static int __init irq_off_loop_init(void)
{
	local_irq_disable();
	while (again)
		cpu_relax(); /* here */
	local_irq_enable();
	return 0;
}
module_init(irq_off_loop_init);

static void __exit irq_off_loop_exit(void)
{
}
module_exit(irq_off_loop_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: loops with interrupts off");
