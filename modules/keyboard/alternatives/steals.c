// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: it shares the keyboard's interrupt and reads the data port, as many a first
 * keyboard module does. The byte that arrived meanwhile is gone: the kernel's driver
 * gets the e0 of an extended key, and the key never.
 *
 * expect:
 *	outcome=test-failed
 *	test=events.c
 *	says=the kernel.s own driver gets each of three bytes
 */
#define STEALS 1
#include "minimal.h"
