// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a task has two parents, and while a debugger traces it the other one is the
 * debugger, who never forked it.
 */
#define IS_CHILD(child, asked) \
	same_thread_group(rcu_dereference((child)->parent), asked)
#include "../late.h"

MODULE_DESCRIPTION("/proc/children, wrong: a debugger is no parent");
