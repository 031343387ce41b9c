// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: a page behind PROT_NONE is there, but its entry lacks the bit that says so. */
#define HARDWARE_BIT 1
#include "../page-by-page.h"

MODULE_DESCRIPTION("/proc/footprint, wrong: PROT_NONE is nothing");
