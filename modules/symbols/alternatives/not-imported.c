// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: uses a symbol of a namespace without importing that: modpost refuses.
 *
 * expect:
 *	with=arithmetic
 *	outcome=build-error
 *	says=namespace
 */
#include <linux/moduleparam.h>

#include "arithmetic.h"

static int a = 3, b = 2;
module_param(a, int, 0644);
module_param(b, int, 0644);

static int sum_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", arithmetic_sum(a, b));
}

static int difference_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", arithmetic_difference(a, b));
}

static int product_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", arithmetic_product(a, b));
}

static const struct kernel_param_ops sum_ops = { .get = sum_get };
static const struct kernel_param_ops difference_ops = { .get = difference_get };
static const struct kernel_param_ops product_ops = { .get = product_get };

module_param_cb(sum, &sum_ops, NULL, 0444);
module_param_cb(difference, &difference_ops, NULL, 0444);
module_param_cb(product, &product_ops, NULL, 0444);

static int __init consumer_init(void)
{
	return 0;
}
module_init(consumer_init);

static void __exit consumer_exit(void)
{
}
module_exit(consumer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Alternative: a consumer");

