// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests an interrupt and does not free it: the next one jumps into code that has
 * gone.
 *
 * expect:
 *	outcome=leak
 *	phase=leak
 *	kind=irq
 *	exit=104
 *	summary=leak-irq
 */
#include <linux/interrupt.h>
#include <linux/module.h>

#define LINE 5 /* an ISA interrupt that no device of the guest uses */

static irqreturn_t handler(int irq, void *id)
{
	return IRQ_NONE;
}

static int __init leak_irq_init(void)
{
	return request_irq(LINE, handler, IRQF_SHARED, "leak-irq", THIS_MODULE); /* here */
}
module_init(leak_irq_init);

static void __exit leak_irq_exit(void)
{
}
module_exit(leak_irq_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: leaves its interrupt handler behind");
