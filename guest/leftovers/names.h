/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names the kernel shows (proc, sysfs, devices, ...): a baseline and what is new since.
 * Only directories are read and only files whose text the kernel copied when the thing
 * was registered: a file such as /proc/misc or /proc/ioports follows pointers into the
 * unloaded module and would crash the kernel that is being judged.
 */
#ifndef KMLAB_GUEST_NAMES_H
#define KMLAB_GUEST_NAMES_H

#include "leftovers.h"

struct names;

/** names_baseline - everything there is now; NULL when out of memory. Keeps the watched
 *  directories open, so that a comparison costs no path walk. */
struct names *names_baseline(void);

/** names_compare - report each name that was not in the baseline, once per thing. */
void names_compare(struct names *n, leftover_fn report, void *data);

/** names_destroy - NULL is fine. */
void names_destroy(struct names *n);

/** names_kernel_own - may the kernel itself have made this in the meantime?
 *  Return: the reason, or NULL when it has to be a leftover. */
const char *names_kernel_own(const char *kind, const char *name);

#endif
