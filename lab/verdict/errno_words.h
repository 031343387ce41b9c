/* SPDX-License-Identifier: GPL-2.0-only */
/* What an errno of the module system calls means. */
#ifndef KMLAB_LAB_ERRNO_WORDS_H
#define KMLAB_LAB_ERRNO_WORDS_H

#include <stdbool.h>

#include "../lab.h"

/** errno_name - "ENOENT", or "4711"; freed by the caller. */
char *errno_name(int err);

/** errno_words - what it is, in words; also those that only the kernel itself uses. */
const char *errno_words(int err);

/** errno_is_internal - is it one that only the kernel itself uses? */
bool errno_is_internal(int err);

/** errno_is_known - has it a name at all? */
bool errno_is_known(int err);

/** errno_of_load - why the loader returns this, in words; NULL when the loader itself
 *  never returns it: then it comes from the module's init function. */
const char *errno_of_load(int err);

/** errno_of_unload - the same for delete_module; NULL: unusual. */
const char *errno_of_unload(int err);

#endif
