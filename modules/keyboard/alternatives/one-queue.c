// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: one queue for all, so that two readers steal each other's keys.
 *
 * expect:
 *	outcome=test-failed
 *	test=reading.c
 *	says=the second sees everything since its own open
 */
#define ONE_QUEUE 1
#include "minimal.h"
