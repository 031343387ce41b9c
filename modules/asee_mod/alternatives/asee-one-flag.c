// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt is a flag: whoever sees it first clears it, and the others sleep on.
 *
 * expect:
 *	outcome=test-failed
 *	test=interrupt.c
 *	says=every blocked reader returns an error
 */
#define ONE_FLAG 1
#include "minimal.h"
