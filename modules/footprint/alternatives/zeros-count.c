// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the page of zeros passes for memory of the process.
 *
 * expect:
 *	outcome=test-failed
 *	test=figures.c
 *	says=only read: the page of zeros
 */
#define ZERO_COUNTS 1
#include "minimal.h"

MODULE_DESCRIPTION("/proc/footprint, wrong: zeros are memory");
