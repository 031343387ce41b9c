// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: shows the numbers of the first namespace to whoever asks, and tasks that
 * others have hidden from him.
 *
 * expect:
 *	outcome=test-failed
 *	test=lists.c
 *	says=a namespace sees its own pids only
 */
#define EVERYBODY 1
#include "minimal.h"

MODULE_DESCRIPTION("/proc/tasks, wrong: pids of one namespace only");
