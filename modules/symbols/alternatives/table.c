// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, in another way: exports data instead of functions. The functions are static;
 * whoever has the table can call them.
 *
 * expect:
 *	with=table-user
 *	outcome=pass
 */
#include <linux/moduleparam.h>

#include "table.h"

const char *const arithmetic_names[OPERATIONS] = { "sum", "difference", "product" };
EXPORT_SYMBOL(arithmetic_names);

int arithmetic_calls;
EXPORT_SYMBOL_GPL(arithmetic_calls);
module_param_named(calls, arithmetic_calls, int, 0444);

static long sum(int a, int b)
{
	return (long)a + b;
}

static long difference(int a, int b)
{
	return (long)a - b;
}

static long product(int a, int b)
{
	return (long)a * b;
}

long (*const arithmetic_table[OPERATIONS])(int a, int b) = { sum, difference, product };
EXPORT_SYMBOL_NS_GPL(arithmetic_table, SPACE);

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
MODULE_DESCRIPTION("Alternative: exports a table");
