// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: a page counts where there is a table for it. */
#define TOUCHED_ONCE 1
#include "../page-by-page.h"

MODULE_DESCRIPTION("/proc/footprint, wrong: where there is a table");
