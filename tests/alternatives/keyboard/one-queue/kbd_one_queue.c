// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: one queue for all, so that two readers steal each other's keys. */
#define ONE_QUEUE 1
#include "../minimal.h"
