// SPDX-License-Identifier: GPL-2.0-only
/*
 * All processors loop with interrupts off: none is left that could report it.
 *
 * expect:
 *	outcome=guest-lost|hung|panic
 *	phase=load
 *	exit=113|109|112
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/processor.h>
#include <linux/smp.h>

/* volatile: a loop that the compiler knows to be endless may be taken out */
static volatile bool again = true;

static void spin(void *unused)
{
	local_irq_disable();
	while (again)
		cpu_relax(); /* here */
}

static int __init all_cpus_stuck_init(void)
{
	on_each_cpu(spin, NULL, 1);
	return 0;
}
module_init(all_cpus_stuck_init);

static void __exit all_cpus_stuck_exit(void)
{
}
module_exit(all_cpus_stuck_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: stops every processor");
