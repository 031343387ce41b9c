// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: shows the numbers of the first namespace to whoever asks, and tasks that others
 * have hidden from him.
 */
#define EVERYBODY 1
#include "../one-text.h"

MODULE_DESCRIPTION("/proc/tasks, wrong: pids of one namespace only");
