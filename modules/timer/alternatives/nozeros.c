// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the nanoseconds are printed without their leading zeros, so 5.001 s looks like
 * 5.1 s. One reading in ten shows it.
 *
 * expect:
 *	outcome=test-failed
 *	test=readings.c
 *	says=a fraction that is small keeps its leading zeros
 */
#define FRACTION "%ld"
#include "minimal.h"

MODULE_DESCRIPTION("/proc/timer, wrong: no leading zeros");
