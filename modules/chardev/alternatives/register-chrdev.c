// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, in the older way: one call registers all minors of a major number, the message
 * is made anew by each read, from a number that fits into the file's pointer. The node
 * keeps the mode that devtmpfs gives, root only.
 *
 * expect:
 *	outcome=pass
 */
#include "minimal.h"

MODULE_DESCRIPTION("Another right /dev/chardev");
