// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, by other means: see minimal.h.
 *
 * expect:
 *	outcome=pass
 */
#include "minimal.h"

MODULE_DESCRIPTION("/proc/children, right: answers when it is read");
