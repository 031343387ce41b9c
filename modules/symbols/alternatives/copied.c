// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: brings a copy of the code. It loads alone, and nothing holds the provider.
 *
 * expect:
 *	with=arithmetic
 *	outcome=test-failed
 *	test=order.sh
 *	says=the consumer holds the provider
 */
#define SUM(a, b) ((long)(a) + (b))
#define DIFFERENCE(a, b) ((long)(a) - (b))
#define PRODUCT(a, b) ((long)(a) * (b))
#define IMPORT
#include "consumer.h"

MODULE_DESCRIPTION("Alternative: a consumer");
