// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrong: a page that may be read is written.
 *
 * expect:
 *	outcome=test-failed
 *	test=own.c
 *	says=a write after a fork does not reach the child|memory that one may not write: EACCES
 */
#define READ_ENOUGH 1
#include "minimal.h"

MODULE_DESCRIPTION("/dev/physmem, wrong: what may be read is written");
