/* SPDX-License-Identifier: GPL-2.0-only */
/* A header that the compiler did not find, and that lies in the source all the same. */
#ifndef KMLAB_LAB_HEADER_H
#define KMLAB_LAB_HEADER_H

#include "complaint.h"

/** header_hint - where below @dir, the absolute directory of the source, a header is that
 *  @c misses, and what finds it; freed by the caller. NULL: it is not that, or not there.
 *  The tree is a stranger's: no link is followed, no file is read. */
char *header_hint(const char *dir, const struct complaint *c);

#endif
