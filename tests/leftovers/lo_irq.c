// SPDX-License-Identifier: GPL-2.0-only
/* expect: irq */
/* An interrupt handler stays */
#include <linux/interrupt.h>
#include <linux/module.h>

static int cookie;
static irqreturn_t handle(int irq, void *data)
{
	return IRQ_NONE;
}

static int __init lo_irq_init(void)
{
	/* The line of the second serial port: free in a machine without one. */
	return request_irq(3, handle, IRQF_SHARED, "lo_irq", &cookie);
}
module_init(lo_irq_init);

static void __exit lo_irq_exit(void)
{
}
module_exit(lo_irq_exit);

MODULE_DESCRIPTION("Test: an interrupt handler stays");
MODULE_LICENSE("GPL");
