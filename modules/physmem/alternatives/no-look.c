// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: whoever asks may read any frame.
 *
 * expect:
 *	outcome=test-failed
 *	test=own.c
 *	says=bytes of others: ENXIO
 */
#define NO_LOOK 1
#include "minimal.h"

MODULE_DESCRIPTION("/dev/physmem, wrong: any frame");
