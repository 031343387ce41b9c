// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a page counts where there is a table for it.
 *
 * expect:
 *	outcome=test-failed
 *	test=figures.c
 *	says=written: the pages that were written|allocated and not used
 */
#define TOUCHED_ONCE 1
#include "minimal.h"

MODULE_DESCRIPTION("/proc/footprint, wrong: where there is a table");
