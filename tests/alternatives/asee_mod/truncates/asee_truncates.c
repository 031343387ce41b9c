// SPDX-License-Identifier: GPL-2.0-only
/* A size below what is queued is taken, and the bytes that do not fit are lost. */
#define TRUNCATES 1
#include "../minimal.h"
