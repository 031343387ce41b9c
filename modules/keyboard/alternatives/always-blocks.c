// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a read waits although the file was opened with O_NONBLOCK.
 *
 * expect:
 *	outcome=test-failed
 *	test=reading.c
 *	says=with O_NONBLOCK a read of nothing fails with EAGAIN
 */
#define ALWAYS_BLOCKS 1
#include "minimal.h"
