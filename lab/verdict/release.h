/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that a function of the kernel took for its caller: which function, and what
 * gives it back. */
#ifndef KMLAB_LAB_RELEASE_H
#define KMLAB_LAB_RELEASE_H

#include "result.h"

/** release_through - " through kasprintf()", from what the guest says of @l, or "" where
 *  the module allocated it itself; freed by the caller. */
char *release_through(const struct lab_leftover *l);

/** release_hint - the next step for @l; freed by the caller. NULL: nothing is known that
 *  is better than what is said of any memory. */
char *release_hint(const struct lab_leftover *l);

#endif
