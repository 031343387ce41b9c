// SPDX-License-Identifier: GPL-2.0-only
/*
 * One wake-up for each time that bytes came to an empty channel, to one of the readers.
 *
 * expect:
 *	outcome=test-failed
 *	test=many.c
 *	says=a write of 15 bytes serves 15 readers
 */
#define KEEPS_TO_ITSELF 1
#include "minimal.h"
