// SPDX-License-Identifier: GPL-2.0-only
/* Right, by other means: see page-by-page.h. */
#include "../page-by-page.h"

MODULE_DESCRIPTION("/dev/translate, right: page by page");
