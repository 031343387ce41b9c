// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right; see minimal.h for how it differs.
 *
 * expect:
 *	outcome=pass
 */
#include "minimal.h"
