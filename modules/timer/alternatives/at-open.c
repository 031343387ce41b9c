// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, the short way: each open is a reading, its text is made at once and kept. What
 * differs for the user: an open without a read counts, and going back to the start
 * shows the same text again.
 *
 * expect:
 *	outcome=pass
 */
#include "minimal.h"

MODULE_DESCRIPTION("/proc/timer, all of it at the open");
