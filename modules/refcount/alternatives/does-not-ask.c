// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: takes the reference without asking whether the module is on its way out. There
 * is a moment at which it is, and then the reference keeps nothing.
 *
 * expect:
 *	with=plugin
 *	outcome=test-failed
 *	test=plugin.c
 *	says=attaching to a plug-in on its way out: ENODEV
 */
#define GET_PLUGIN(plugin) (__module_get((plugin)->owner), true)
#include "minimal.h"

MODULE_DESCRIPTION("Alternative: does not ask");
