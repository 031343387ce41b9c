// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: who has an open file needs nothing else.
 *
 * expect:
 *	outcome=test-failed
 *	test=calls.c
 *	says=nor use it without CAP_SYS_RAWIO
 */
#define OPEN_ENOUGH 1
#include "minimal.h"

MODULE_DESCRIPTION("/dev/physmem, wrong: asks only when opened");
