// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: when nobody reads, old events are overwritten, and nobody is told.
 *
 * expect:
 *	outcome=test-failed
 *	test=reading.c
 *	says=what did not fit is counted as lost
 */
#define SILENT_LOSS 1
#include "minimal.h"
