// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init loops without end and never gives the processor up.
 *
 * expect:
 *	outcome=hung
 *	phase=load
 *	exit=109
 *	line=here
 *	function=endless_loop_init
 */
#include <linux/module.h>
#include <linux/processor.h>

/* volatile: a loop that the compiler knows to be endless may be taken out */
static volatile bool again = true;

static int __init endless_loop_init(void)
{
	while (again)
		cpu_relax(); /* here */
	return 0;
}
module_init(endless_loop_init);

static void __exit endless_loop_exit(void)
{
}
module_exit(endless_loop_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: init never ends");
