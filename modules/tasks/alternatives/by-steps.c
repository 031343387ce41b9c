// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the place in the list is a number of steps from its beginning. Who dies
 * before it moves the others up, and one of them is passed over.
 *
 * expect:
 *	outcome=test-failed
 *	test=storm.c
 *	says=who stays is not passed over when others die
 */
#define BY_STEPS 1
#include "minimal.h"

MODULE_DESCRIPTION("/proc/tasks, wrong: by number of steps");
