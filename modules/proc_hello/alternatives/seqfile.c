// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, by seq_file: its buffer, filled by the first read of an open file, is the
 * copy that a reader goes on with. One message in one place, under a mutex; too much:
 * ENOSPC.
 *
 * expect:
 *	outcome=pass
 */
#include "minimal.h"

MODULE_DESCRIPTION("/proc/hello by seq_file");
