// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: prints the character as it comes. A newline begins a line that may look like
 * another driver's, an escape sequence reaches the terminal of whoever reads the log.
 *
 * expect:
 *	outcome=test-failed
 *	test=command.c
 *	says=an unprintable field2 is escaped and corrupts no line
 */
#define SHOW(number, byte) \
	pr_info("ioctl: call to IOCTL_TEST (%d,%c)!\n", number, byte)
#include "minimal.h"

MODULE_DESCRIPTION("Wrong on purpose: writes any byte into the log");
