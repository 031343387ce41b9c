// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: calls the plug-in without a reference to it. As long as nobody unloads it, all
 * is well; then the pointer in the open file leads into freed memory.
 *
 * expect:
 *	with=plugin
 *	outcome=test-failed|oops
 *	test=plugin.c
 *	says=attaching takes a reference to the plug-in
 */
#define GET_PLUGIN(plugin) true
#define PUT_PLUGIN(plugin) ((void)(plugin))
#include "minimal.h"

MODULE_DESCRIPTION("Alternative: calls without a reference");
