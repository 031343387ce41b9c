// SPDX-License-Identifier: GPL-2.0-only
/* Right, by other means: see page-by-page.h. */
#include "../page-by-page.h"

MODULE_DESCRIPTION("/proc/footprint, right: page by page");
