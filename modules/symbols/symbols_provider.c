// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offers three functions to other modules. A function that is not static is global within
 * its own module only; what others may link to has to be exported, which puts its name
 * and address into a table of this module. When another module is loaded, the loader
 * looks up each of its undefined symbols in the tables of the kernel and of all loaded
 * modules.
 *
 * There is no code here for reference counts. The loader notes that the consumer uses
 * this module, counts that as a reference, shows it as
 * /sys/module/symbols_provider/holders/symbols_consumer, and gives it back when the
 * consumer has been unloaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "compat.h"
#include "symbols.h"

/* How often these functions were called: shows from outside that they do the work. */
static atomic_t calls;

static int calls_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%d\n", atomic_read(kp->arg));
}

static const struct kernel_param_ops calls_ops = {
	.get = calls_get,
};

module_param_cb(calls, &calls_ops, &calls, 0444);
MODULE_PARM_DESC(calls, "How often the exported functions were called");

/* For every module, also one whose licence is not compatible with the GPL. */
long symbols_sum(int a, int b)
{
	atomic_inc(&calls);
	return (long)a + b;
}
EXPORT_SYMBOL(symbols_sum);

/*
 * Hidden from modules with another licence: modpost refuses to link them, and the loader
 * says "Unknown symbol". Both look at the text of MODULE_LICENSE().
 */
long symbols_difference(int a, int b)
{
	atomic_inc(&calls);
	return (long)a - b;
}
EXPORT_SYMBOL_GPL(symbols_difference);

/*
 * In a namespace. A module that uses it has to say so with MODULE_IMPORT_NS(), so that
 * none uses by accident what is meant for a few.
 */
long symbols_product(int a, int b)
{
	atomic_inc(&calls);
	return (long)a * b;
}
EXPORT_SYMBOL_TO(symbols_product, KMLAB_SYMBOLS);

/* Symbols can be used as soon as this has returned 0, by modules loaded from then on. */
static int __init provider_init(void)
{
	return 0;
}

/* No module that links to this one is left, or this would not have been called. */
static void __exit provider_exit(void)
{
	pr_info("called %d times\n", atomic_read(&calls));
}

module_init(provider_init);
module_exit(provider_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Exports functions that another module uses");
MODULE_VERSION("1.0");
