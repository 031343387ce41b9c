// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: a page that may be read is written. */
#define READ_ENOUGH 1
#include "../minimal.h"

MODULE_DESCRIPTION("/dev/physmem, wrong: what may be read is written");
