// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the handlers count with ++ on a variable that all CPUs share. Two CPUs that
 * hit the probe at once read the same value, and one of the hits is lost. Nothing
 * shows that on one CPU.
 *
 * expect:
 *	outcome=test-failed
 *	test=hits.c
 *	says=from all CPUs at once: every (pre|post) counter is exact
 *	at_once=yes
 */
/* What ++ does: a read and, later, a write. */
#define COUNT(hits) ((hits)->counter++)
#include "minimal.h"

MODULE_DESCRIPTION("Counts hits of kprobes, and loses some");
