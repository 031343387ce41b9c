// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a page behind PROT_NONE is there, but its entry lacks the bit that says so.
 *
 * expect:
 *	outcome=test-failed
 *	test=kinds.c
 *	says=a page behind PROT_NONE is there
 */
#define HARDWARE_BIT 1
#include "minimal.h"

MODULE_DESCRIPTION("/dev/translate, wrong: PROT_NONE is nothing");
