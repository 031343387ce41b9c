// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: the pids are those of the first namespace, whoever asks. */
#define NUMBER(child, ns) ((child)->pid)
#include "../late.h"

MODULE_DESCRIPTION("/proc/children, wrong: pids of one namespace only");
