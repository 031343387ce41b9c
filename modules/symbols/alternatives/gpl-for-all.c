// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: everything is offered to everybody; no symbol is for GPL-compatible modules
 * only.
 *
 * expect:
 *	with=calculator
 *	outcome=test-failed
 *	test=rules.c
 *	says=with another licence, some of them are unknown to the consumer
 */
#define EXPORT_DIFFERENCE EXPORT_SYMBOL
#define EXPORT_PRODUCT(symbol) EXPORT_SYMBOL_NS(symbol, SPACE)
#include "provider.h"

MODULE_DESCRIPTION("Alternative: a provider");
