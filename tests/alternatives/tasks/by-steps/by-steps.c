// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the place in the list is a number of steps from its beginning. Who dies before it
 * moves the others up, and one of them is passed over.
 */
#define BY_STEPS 1
#include "../one-text.h"

MODULE_DESCRIPTION("/proc/tasks, wrong: by number of steps");
