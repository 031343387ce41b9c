// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: a read waits although the file was opened with O_NONBLOCK. */
#define ALWAYS_BLOCKS 1
#include "../minimal.h"
