// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a page behind PROT_NONE is there, but its entry lacks the bit that says so.
 *
 * expect:
 *	outcome=test-failed
 *	test=figures.c
 *	says=out of reach, they are there still
 */
#define HARDWARE_BIT 1
#include "minimal.h"

MODULE_DESCRIPTION("/proc/footprint, wrong: PROT_NONE is nothing");
