// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a task has two parents, and while a debugger traces it the other one is the
 * debugger, who never forked it.
 *
 * expect:
 *	outcome=test-failed
 *	test=families.c
 *	says=a debugger is not a parent
 */
#define IS_CHILD(child, asked) \
	same_thread_group(rcu_dereference((child)->parent), asked)
#include "minimal.h"

MODULE_DESCRIPTION("/proc/children, wrong: a debugger is no parent");
