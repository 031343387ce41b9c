// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, in another way: one ring, in which every open file has a place of its own, the
 * newest events kept instead of the oldest, waiting written out.
 *
 * expect:
 *	outcome=pass
 */
#include "minimal.h"
