// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: the counter of the CPU that happens to run the reader. It grows, and on a
 * machine with one CPU it is even right.
 *
 * expect:
 *	outcome=test-failed
 *	test=counts.c
 *	says=(the total lies between pgfault|fresh pages touched on CPU . count, read on CPU)
 */
#define TOTAL(events) raw_cpu_read(vm_event_states.event[PGFAULT])
#include "minimal.h"

MODULE_DESCRIPTION("/proc/get_pgfaults, wrong: of one CPU");
