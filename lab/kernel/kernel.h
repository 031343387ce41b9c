/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels by name. Providers:
 *   debian/SERIES    "debian/6.1": newest package of that series in any suite
 *   debian/SUITE     "debian/trixie", "debian/trixie-backports": that suite's kernel
 *   debian/VERSION   "debian/6.12.117-1" or a release "debian/6.12.117+deb13-amd64"
 *   tree:PATH        a built source tree (bzImage, modules, Module.symvers)
 *   host             the kernel that runs here, when its image and headers are readable
 *
 * A kernel of the debian provider is two cache entries: kernels/ID (image, modules,
 * headers) and roots/ID (the suite's compiler and what Kbuild calls), the second shared
 * by all kernels that want the same packages. Both come from one apt transaction against
 * an empty package database, checked by apt's signatures, unpacked without root.
 */
#ifndef KMLAB_LAB_KERNEL_H
#define KMLAB_LAB_KERNEL_H

#include "lab_kernel.h"

/** lab_kernel_find - a kernel that is in the cache (or is tree:/host). Never goes to the
 *  network. @name NULL: the default, the newest debian kernel present.
 *  Return: -ENOENT when it is well-formed but not added; -EINVAL when no provider has
 *  such names (the error suggests near ones). */
int lab_kernel_find(struct lab *lab, const char *name, struct lab_kernel **ret);

/** lab_kernel_add - find it, else download and unpack it. Safe against parallel runs.
 *  @allow_expired: accept suites whose Release file has expired. */
int lab_kernel_add(struct lab *lab, const char *name, bool allow_expired,
		   struct lab_kernel **ret);

/** lab_kernel_list - all kernels in the cache, oldest release first. */
int lab_kernel_list(struct lab *lab, struct lab_kernel ***ret, size_t *n);
void lab_kernel_list_free(struct lab_kernel **kernels, size_t n);

/** lab_kernel_remove - drop a kernel and its templates; its build root goes when no
 *  other kernel uses it. */
int lab_kernel_remove(struct lab *lab, const char *name);

#endif
