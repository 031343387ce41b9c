// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: when nobody reads, old events are overwritten, and nobody is told. */
#define SILENT_LOSS 1
#include "../minimal.h"
