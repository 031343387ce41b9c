// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: when one of several names is refused, init returns the error and leaves the
 * probes that it had already registered. Exit is not called then: the memory of the
 * module, struct kprobe and handlers and all, is gone while the kernel still has them.
 *
 * expect:
 *	outcome=oops
 *	test=probes.sh
 *	says=forgets_first
 */
#define UNDO(n) ((void)(n))
#include "minimal.h"

MODULE_DESCRIPTION("Counts hits of kprobes, unless a name is refused");
