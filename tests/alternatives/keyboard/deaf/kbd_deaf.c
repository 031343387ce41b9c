// SPDX-License-Identifier: GPL-2.0-only
/* Wrong: a read waits for a key and for nothing else, so not even SIGKILL ends it. */
#define DEAF 1
#include "../minimal.h"
