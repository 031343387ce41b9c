// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: whoever asks may read any frame. */
#define NO_LOOK 1
#include "../minimal.h"

MODULE_DESCRIPTION("/dev/physmem, wrong: any frame");
