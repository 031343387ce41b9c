// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: one of the functions is global, but not exported: the consumer does not link.
 *
 * expect:
 *	with=calculator
 *	outcome=build-error
 *	says=arithmetic_difference.* undefined
 */
#define EXPORT_DIFFERENCE(symbol)
#include "provider.h"

MODULE_DESCRIPTION("Alternative: a provider");
