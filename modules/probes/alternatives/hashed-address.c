// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: prints addresses with %p, which shows a hash of them: it looks like an address
 * and is none.
 *
 * expect:
 *	outcome=test-failed
 *	test=addresses.c
 *	says=a function that is not exported is where /proc/kallsyms says
 */
#define ADDRESS "%p"
#define ADDRESS_TYPE void *
#include "minimal.h"

MODULE_DESCRIPTION("Counts hits of kprobes, and hides addresses");
