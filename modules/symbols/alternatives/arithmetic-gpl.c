// SPDX-License-Identifier: GPL-2.0-only
/* A provider like any other, but for GPL only: symbol_get() finds no other symbols. */
#include <linux/atomic.h>
#include <linux/moduleparam.h>

#include "arithmetic.h"

static int calls;
module_param(calls, int, 0444);

long arithmetic_sum(int a, int b)
{
	calls++;
	return (long)a + b;
}
EXPORT_SYMBOL_GPL(arithmetic_sum);

long arithmetic_difference(int a, int b)
{
	calls++;
	return (long)a - b;
}
EXPORT_SYMBOL_GPL(arithmetic_difference);

long arithmetic_product(int a, int b)
{
	calls++;
	return (long)a * b;
}
EXPORT_SYMBOL_GPL(arithmetic_product);

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
MODULE_DESCRIPTION("Alternative: a provider");
