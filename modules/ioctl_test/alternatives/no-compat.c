// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: no .proc_compat_ioctl. All is well for 64-bit programs; those of 32 bits get
 * ENOTTY for the very same call.
 *
 * expect:
 *	outcome=test-failed
 *	test=compat.c
 *	says=IOCTL_TEST of a 32-bit program succeeds
 */
#define COMPAT_IOCTL NULL
#include "minimal.h"

MODULE_DESCRIPTION("Wrong on purpose: knows no 32-bit programs");
