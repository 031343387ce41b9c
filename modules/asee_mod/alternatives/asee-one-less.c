// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring with two indices that are equal when empty: it holds one byte less than
 * asked.
 *
 * expect:
 *	outcome=test-failed
 *	test=document.sh
 *	says=the last 16 characters stay
 */
#define ONE_LESS 1
#include "minimal.h"
