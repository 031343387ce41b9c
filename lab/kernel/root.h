/* SPDX-License-Identifier: GPL-2.0-only */
/* Build roots: a suite's compiler and what Kbuild calls, in a tree of their own. */
#ifndef KMLAB_LAB_KERNEL_ROOT_H
#define KMLAB_LAB_KERNEL_ROOT_H

#include "../lab.h"

/** root_packages - what a build root is made of, besides what the headers depend on. */
void root_packages(struct strv *ret);

/** root_prepare - the merged-/usr skeleton, before packages are unpacked into @dir. */
int root_prepare(struct lab *lab, const char *dir);

/** root_finish - the names that package scripts would have made (gcc, cc, awk, sh). */
int root_finish(struct lab *lab, const char *dir);

#endif
