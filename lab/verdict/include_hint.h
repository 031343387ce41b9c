/* SPDX-License-Identifier: GPL-2.0-only */
/* A name of the kernel's that is unknown because its header is not included. */
#ifndef KMLAB_LAB_INCLUDE_HINT_H
#define KMLAB_LAB_INCLUDE_HINT_H

#include "complaint.h"

/** include_hint - the #include that @c lacks, freed by the caller; NULL: another error,
 *  or a name that is not in the list. The list holds what modules use most and what is
 *  the same from 5.10 to 7.2. @log: of the build. */
char *include_hint(const struct complaint *c, const char *log);

#endif
