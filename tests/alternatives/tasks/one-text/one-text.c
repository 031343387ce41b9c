// SPDX-License-Identifier: GPL-2.0-only
/* Right, by other means: see one-text.h. */
#include "../one-text.h"

MODULE_DESCRIPTION("/proc/tasks, right: one text in one walk");
