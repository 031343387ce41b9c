// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: compares the task and not the process, so that the children of its other
 * threads are not among them.
 *
 * expect:
 *	outcome=test-failed
 *	test=families.c
 *	says=the child of another thread is there
 */
#define IS_CHILD(child, parent) (rcu_dereference((child)->real_parent) == (parent))
#include "minimal.h"

MODULE_DESCRIPTION("/proc/children, wrong: of one thread only");
