// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a page in swap passes for one that was never touched.
 *
 * expect:
 *	outcome=test-failed
 *	test=kinds.c
 *	says=pages in swap
 */
#define SWAP_IS_EMPTY 1
#include "minimal.h"

MODULE_DESCRIPTION("/dev/translate, wrong: swap is nothing");
