// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the post handler counts as well, but on the counter of the pre handler. The
 * sum looks plausible until somebody knows how many calls there were.
 *
 * expect:
 *	outcome=test-failed
 *	test=hits.c
 *	says=from one CPU: every pre counter is exact
 */
#define POST_COUNTER pre
#include "minimal.h"

MODULE_DESCRIPTION("Counts hits of kprobes, each twice");
