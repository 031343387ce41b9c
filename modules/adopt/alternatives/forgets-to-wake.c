// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the old parent sleeps on in wait(), for a child that it has not.
 *
 * expect:
 *	outcome=test-failed
 *	test=parents.c
 *	says=the parent that waits for it is told that there is none
 */
#define FORGETS_TO_WAKE 1
#include "minimal.h"

MODULE_DESCRIPTION("/dev/adopt, wrong: lets the old parent sleep");
