// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: looks every now and then, and who was waited for meanwhile has no status.
 *
 * expect:
 *	outcome=test-failed
 *	test=watches.c
 *	says=who is waited for at once is told with its status
 */
#define POLLS 1
#include "minimal.h"

MODULE_DESCRIPTION("/dev/adopt, wrong: looks now and then");
