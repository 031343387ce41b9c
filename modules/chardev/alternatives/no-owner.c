// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: no .owner, so the module can be unloaded while its device is open. Whoever has
 * it open crashes with the next call, at the latest when the file is closed.
 *
 * expect:
 *	outcome=oops
 *	test=unload.c
 *	says=unloading is refused while the device is open
 */
#define OWNER NULL
#include "minimal.h"

MODULE_DESCRIPTION("Wrong on purpose: can be unloaded while its device is open");
