// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: uses a symbol of a namespace without importing that: modpost refuses.
 *
 * expect:
 *	with=arithmetic
 *	outcome=build-error
 *	says=namespace
 */
#define IMPORT
#include "consumer.h"

MODULE_DESCRIPTION("Alternative: a consumer");
