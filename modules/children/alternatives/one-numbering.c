// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the pids are those of the first namespace, whoever asks.
 *
 * expect:
 *	outcome=test-failed
 *	test=families.c
 *	says=pids are those of the namespace
 */
#define NUMBER(child, ns) ((child)->pid)
#include "minimal.h"

MODULE_DESCRIPTION("/proc/children, wrong: pids of one namespace only");
