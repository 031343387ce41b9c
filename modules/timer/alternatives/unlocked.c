// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: no lock, and the start of the next interval is stored when all is done.
 * Whoever reads meanwhile starts where this reader has started, and the same time is
 * told twice.
 *
 * expect:
 *	outcome=test-failed
 *	test=together.c
 *	says=and its interval joins the others
 */
#define LOCK()
#define UNLOCK()
#include "at-read.h"

MODULE_DESCRIPTION("/proc/timer, wrong: no lock");
