/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose files a report may quote (verdict/quote.h): those that the lab's own build read.
 * - Of a directory: what is below it, what the build put in its place (generated and
 *   patched sources), and what is below the git checkout that it lies in.
 * - Of a single .c file: the sources and headers beside it, and its checkout.
 * - Of a .ko that was given: nothing. It was built elsewhere, its debug information is
 *   whatever its maker wrote, and what lies beside it here may be anybody's. One that
 *   this cache's builds made is quoted as a single .c file is.
 * - Of the kernel: its headers.
 * A home directory, what contains it, and "/" are never quoted as a whole: of such a
 * source only the C files directly in it are, and as a checkout it counts for none.
 */
#ifndef KMLAB_LAB_TREES_H
#define KMLAB_LAB_TREES_H

#include "kernel/lab_kernel.h"
#include "verdict/quote.h"

/** lab_trees_built - @source (a directory or a .c file) was built, with what the build
 *  wrote below @upper. */
void lab_trees_built(struct quote_trees *trees, const char *source, const char *upper);

/** lab_trees_given - a .ko that somebody named. */
void lab_trees_given(struct quote_trees *trees, const char *cache_dir, const char *ko);

/** lab_trees_kernel - the headers of @kernel. */
void lab_trees_kernel(struct quote_trees *trees, const struct lab_kernel *kernel);

#endif
