// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest complete kernel module: it says so when it is loaded and when it is
 * unloaded, and it says what it is to modinfo(8).
 */

/*
 * Every pr_*() in this file prints through pr_fmt(), so each line in the log names its
 * module. It must be defined before the first header that brings in <linux/printk.h>.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

/*
 * Runs once, in the process that called finit_module(2), before the module counts as
 * loaded. Return 0 to stay. Return a negative errno to be refused: insmod reports that
 * errno, the kernel frees the module and does NOT call hello_exit(), so an init function
 * that fails half-way has to undo by itself what it has already done.
 *
 * __init places the code in a section that is freed as soon as this function returns;
 * nothing may call it later.
 */
static int __init hello_init(void)
{
	/*
	 * pr_info() is printk() with a level and our prefix. The text goes to the kernel
	 * log (dmesg), not to the terminal of whoever loads the module. The newline ends
	 * the record; without it the line waits for the next message.
	 */
	pr_info("loaded\n");
	return 0;
}

/*
 * Runs once, in the process that called delete_module(2), when nobody uses the module any
 * more. It cannot fail. If init set something up and this function does not remove it, it
 * will point into memory that is freed a moment later. A module without an exit function
 * cannot be unloaded.
 *
 * __exit lets the compiler drop the function where it could never run: in code built
 * into the kernel.
 */
static void __exit hello_exit(void)
{
	pr_info("unloaded\n");
}

module_init(hello_init);
module_exit(hello_exit);

/*
 * These end up as text in the .modinfo section, where modinfo(8) reads them. The licence
 * is more than text: without a GPL-compatible one the kernel is tainted and symbols
 * exported with EXPORT_SYMBOL_GPL() cannot be used.
 */
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Says hello to the kernel log when loaded and when unloaded");
MODULE_VERSION("1.0");
