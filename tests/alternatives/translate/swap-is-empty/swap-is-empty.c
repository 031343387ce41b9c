// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: a page in swap passes for one that was never touched. */
#define SWAP_IS_EMPTY 1
#include "../page-by-page.h"

MODULE_DESCRIPTION("/dev/translate, wrong: swap is nothing");
