// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a read waits for a key and for nothing else, so not even SIGKILL ends it.
 *
 * expect:
 *	outcome=test-failed|hung
 *	test=reading.c
 *	says=a signal ends a waiting read with EINTR
 */
#define DEAF 1
#include "minimal.h"
