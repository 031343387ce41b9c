// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the interval is the difference of two wall clock times. Right until somebody
 * sets the clock; then it is hours, or negative.
 *
 * expect:
 *	outcome=test-failed
 *	test=readings.c
 *	says=the clock set (back|ahead) .* moves the current time, not the elapsed one
 */
#define NOW(wall) timespec64_to_ktime(wall)
#include "minimal.h"

MODULE_DESCRIPTION("/proc/timer, wrong: the interval is of the wall clock");
