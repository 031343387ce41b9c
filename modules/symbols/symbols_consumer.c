// SPDX-License-Identifier: GPL-2.0-only
/*
 * Uses the functions of symbols_provider. They are called like any others; their
 * addresses are filled in when this module is loaded, which fails with ENOENT when the
 * provider is not there. insmod does not look for it; modprobe does, by the field
 * "depends" that modpost has written into this file.
 *
 * The alternative for a provider that may be missing is symbol_get(), which looks a
 * symbol up by name at run time and returns NULL when there is none. It takes a reference
 * that symbol_put() has to give back, AFTER the last call.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "compat.h"
#include "symbols.h"

static int a = 3;
module_param(a, int, 0644);
MODULE_PARM_DESC(a, "One number");

static int b = 2;
module_param(b, int, 0644);
MODULE_PARM_DESC(b, "Another number");

typedef long (*operation)(int a, int b);

/*
 * A file that shows what the provider makes of the two numbers. The kernel calls this for
 * a read, holding the lock of this module's parameters: nobody writes a or b meanwhile.
 * Unloading waits until it has returned. The provider stays as long as we do.
 */
static int result_get(char *buf, const struct kernel_param *kp)
{
	operation op = *(const operation *)kp->arg;

	return scnprintf(buf, PAGE_SIZE, "%ld\n", op(a, b));
}

static const struct kernel_param_ops result_ops = {
	.get = result_get,
};

/* Each of these pointers is a relocation, resolved by the loader. */
static operation sum = symbols_sum;
static operation difference = symbols_difference;
static operation product = symbols_product;

module_param_cb(sum, &result_ops, &sum, 0444);
MODULE_PARM_DESC(sum, "a + b, by symbols_provider");
module_param_cb(difference, &result_ops, &difference, 0444);
MODULE_PARM_DESC(difference, "a - b, by symbols_provider");
module_param_cb(product, &result_ops, &product, 0444);
MODULE_PARM_DESC(product, "a * b, by symbols_provider");

static int __init consumer_init(void)
{
	pr_info("%d + %d = %ld, says symbols_provider\n", a, b, symbols_sum(a, b));
	return 0;
}

/* Without an exit function, even an empty one, a module could not be unloaded. */
static void __exit consumer_exit(void)
{
}

module_init(consumer_init);
module_exit(consumer_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Uses functions that another module exports");
MODULE_VERSION("1.0");
IMPORT_FROM(KMLAB_SYMBOLS);
