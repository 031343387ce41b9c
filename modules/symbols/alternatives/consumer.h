/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A smallest consumer: right, unless the file that includes this defines one of the
 * macros below first.
 */
#include <linux/moduleparam.h>

#include "arithmetic.h"

#ifndef SUM /* what is called */
#define SUM arithmetic_sum
#define DIFFERENCE arithmetic_difference
#define PRODUCT arithmetic_product
#endif
#ifndef GET_READY /* before the first call: 0, or an error */
#define GET_READY() 0
#endif
#ifndef LICENCE
#define LICENCE "GPL"
#endif
#ifndef IMPORT
#define IMPORT MODULE_IMPORT_NS(SPACE)
#endif

static int a = 3, b = 2;
module_param(a, int, 0644);
module_param(b, int, 0644);

static int sum_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", SUM(a, b));
}

static int difference_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", DIFFERENCE(a, b));
}

static int product_get(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%ld\n", PRODUCT(a, b));
}

static const struct kernel_param_ops sum_ops = { .get = sum_get };
static const struct kernel_param_ops difference_ops = { .get = difference_get };
static const struct kernel_param_ops product_ops = { .get = product_get };

module_param_cb(sum, &sum_ops, NULL, 0444);
module_param_cb(difference, &difference_ops, NULL, 0444);
module_param_cb(product, &product_ops, NULL, 0444);

static int __init consumer_init(void)
{
	return GET_READY();
}
module_init(consumer_init);

static void __exit consumer_exit(void)
{
}
module_exit(consumer_exit);

MODULE_LICENSE(LICENCE);
IMPORT;
