// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: looks the symbols up, gives the references back at once, and goes on to call.
 * Nothing keeps the provider from being unloaded under it.
 *
 * expect:
 *	with=arithmetic-gpl
 *	outcome=test-failed
 *	test=order.sh
 *	says=the provider cannot be unloaded
 */
#include <linux/moduleparam.h>

#include "arithmetic.h"

static int a = 3, b = 2;
module_param(a, int, 0644);
module_param(b, int, 0644);

static long (*sum)(int x, int y);
static long (*difference)(int x, int y);
static long (*product)(int x, int y);

static int sum_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", sum(a, b));
}

static int difference_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", difference(a, b));
}

static int product_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", product(a, b));
}

static const struct kernel_param_ops sum_ops = { .get = sum_get };
static const struct kernel_param_ops difference_ops = { .get = difference_get };
static const struct kernel_param_ops product_ops = { .get = product_get };

module_param_cb(sum, &sum_ops, NULL, 0444);
module_param_cb(difference, &difference_ops, NULL, 0444);
module_param_cb(product, &product_ops, NULL, 0444);

static int __init consumer_init(void)
{
	sum = symbol_get(arithmetic_sum);
	difference = symbol_get(arithmetic_difference);
	product = symbol_get(arithmetic_product);
	if (!sum || !difference || !product)
		return -ENOENT;
	symbol_put(arithmetic_sum);
	symbol_put(arithmetic_difference);
	symbol_put(arithmetic_product);
	return 0;
}
module_init(consumer_init);

static void __exit consumer_exit(void)
{
}
module_exit(consumer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Alternative: a consumer");

