// SPDX-License-Identifier: GPL-2.0-only
/* One wake-up for each time that bytes came to an empty channel, to one of the readers. */
#define KEEPS_TO_ITSELF 1
#include "../minimal.h"
