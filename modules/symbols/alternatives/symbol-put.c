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
static long (*sum_found)(int x, int y);
static long (*difference_found)(int x, int y);
static long (*product_found)(int x, int y);

#define SUM sum_found
#define DIFFERENCE difference_found
#define PRODUCT product_found
#define IMPORT
#define GET_READY() look_up()
static int look_up(void);
#include "consumer.h"

static int look_up(void)
{
	sum_found = symbol_get(arithmetic_sum);
	difference_found = symbol_get(arithmetic_difference);
	product_found = symbol_get(arithmetic_product);
	if (!sum_found || !difference_found || !product_found)
		return -ENOENT;
	symbol_put(arithmetic_sum);
	symbol_put(arithmetic_difference);
	symbol_put(arithmetic_product);
	return 0;
}

MODULE_DESCRIPTION("Alternative: a consumer");
