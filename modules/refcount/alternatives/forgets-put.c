// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: when the plug-in refuses a user, the reference that was taken before asking is
 * not given back. Everything works, and one day the plug-in cannot be unloaded.
 *
 * expect:
 *	with=plugin
 *	outcome=leak
 *	test=plugin.c
 *	says=who was refused holds no reference
 */
#define PUT_REFUSED(plugin) ((void)(plugin))
#include "minimal.h"

MODULE_DESCRIPTION("Alternative: leaks a reference on an error path");
