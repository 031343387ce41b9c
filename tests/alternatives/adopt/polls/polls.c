// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: looks every now and then, and who was waited for meanwhile has no status. */
#define POLLS 1
#include "../minimal.h"

MODULE_DESCRIPTION("/dev/adopt, wrong: looks now and then");
