// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: never looks at O_NONBLOCK. A program that polls several files and reads what
 * is there sleeps in this one.
 *
 * expect:
 *	outcome=test-failed
 *	test=sleep.c
 *	says=with O_NONBLOCK the read fails with EAGAIN
 */
#define WOULD_BLOCK(file) false
#include "minimal.h"

MODULE_DESCRIPTION("Alternative: ignores O_NONBLOCK");
