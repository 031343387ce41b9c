// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: every address in a huge page is where that begins.
 *
 * expect:
 *	outcome=test-failed
 *	test=kinds.c
 *	says=its pages follow each other
 */
#define FORGETS_OFFSET 1
#include "minimal.h"

MODULE_DESCRIPTION("/dev/translate, wrong: huge pages have one address");
