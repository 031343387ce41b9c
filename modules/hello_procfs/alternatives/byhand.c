// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, without seq_file: a text that never changes needs no more than an offset.
 *
 * expect:
 *	outcome=pass
 */
#include "minimal.h"

MODULE_DESCRIPTION("/proc/hello_procfs without seq_file");
