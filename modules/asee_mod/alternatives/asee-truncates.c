// SPDX-License-Identifier: GPL-2.0-only
/*
 * A size below what is queued is taken, and the bytes that do not fit are lost.
 *
 * expect:
 *	outcome=test-failed
 *	test=document.sh
 *	says=a size below what is queued is refused
 */
#define TRUNCATES 1
#include "minimal.h"
