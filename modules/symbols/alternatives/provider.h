/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A smallest provider: right, unless the file that includes this defines one of the
 * macros below first.
 */
#include <linux/moduleparam.h>

#include "arithmetic.h"

#ifndef EXPORT_SUM /* for everybody */
#define EXPORT_SUM EXPORT_SYMBOL
#endif
#ifndef EXPORT_DIFFERENCE /* for GPL-compatible modules */
#define EXPORT_DIFFERENCE EXPORT_SYMBOL_GPL
#endif
#ifndef EXPORT_PRODUCT /* for those of them that import the namespace */
#define EXPORT_PRODUCT(symbol) EXPORT_SYMBOL_NS_GPL(symbol, SPACE)
#endif

static int calls;
module_param(calls, int, 0444);

long arithmetic_sum(int a, int b)
{
	calls++;
	return (long)a + b;
}
EXPORT_SUM(arithmetic_sum);

long arithmetic_difference(int a, int b)
{
	calls++;
	return (long)a - b;
}
EXPORT_DIFFERENCE(arithmetic_difference);

long arithmetic_product(int a, int b)
{
	calls++;
	return (long)a * b;
}
EXPORT_PRODUCT(arithmetic_product);

static int __init provider_init(void)
{
	return 0;
}
module_init(provider_init);

static void __exit provider_exit(void)
{
}
module_exit(provider_exit);

MODULE_LICENSE("GPL");
