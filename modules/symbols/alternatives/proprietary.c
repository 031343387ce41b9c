// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: not compatible with the GPL, and uses what is for those only: modpost refuses.
 *
 * expect:
 *	with=arithmetic
 *	outcome=build-error
 *	says=GPL-incompatible
 */
#define LICENCE "Proprietary"
#include "consumer.h"

MODULE_DESCRIPTION("Alternative: a consumer");
