// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bad pointer costs the bytes that were meant for it.
 *
 * expect:
 *	outcome=test-failed
 *	test=faults.c
 *	says=a read to nowhere is EFAULT and takes nothing
 */
#define SWALLOWS 1
#include "minimal.h"
