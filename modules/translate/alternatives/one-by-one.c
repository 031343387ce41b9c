// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, by other means: see minimal.h.
 *
 * expect:
 *	outcome=pass
 */
#include "minimal.h"

MODULE_DESCRIPTION("/dev/translate, right: page by page");
