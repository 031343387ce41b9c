// SPDX-License-Identifier: GPL-2.0-only
/* Right, by other means: see late.h. */
#include "../late.h"

MODULE_DESCRIPTION("/proc/children, right: answers when it is read");
