// SPDX-License-Identifier: GPL-2.0-only
/* A bad pointer costs the bytes that were meant for it. */
#define SWALLOWS 1
#include "../minimal.h"
