// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: no .owner, so that an open file holds no reference to the core.
 *
 * expect:
 *	with=plugin
 *	outcome=oops
 *	test=unload.c
 *	says=an open file holds the core
 */
#define OWNER NULL
#include "minimal.h"

MODULE_DESCRIPTION("Alternative: no owner");
