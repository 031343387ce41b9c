// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: every address in a huge page is where that begins. */
#define FORGETS_OFFSET 1
#include "../page-by-page.h"

MODULE_DESCRIPTION("/dev/translate, wrong: huge pages have one address");
