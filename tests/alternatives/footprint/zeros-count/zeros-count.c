// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: the page of zeros passes for memory of the process. */
#define ZERO_COUNTS 1
#include "../page-by-page.h"

MODULE_DESCRIPTION("/proc/footprint, wrong: zeros are memory");
