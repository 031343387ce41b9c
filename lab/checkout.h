/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The git checkout that a source lies in: what a build sees around its own directory
 * (sandbox/sandbox.h), and what a report may quote (trees.h).
 */
#ifndef KMLAB_LAB_CHECKOUT_H
#define KMLAB_LAB_CHECKOUT_H

#include <stdbool.h>

/**
 * lab_checkout_of - the nearest directory at or above @dir, a real path, with a .git of
 * the same owner. Freed by the caller. NULL: there is none, or it is too much.
 */
char *lab_checkout_of(const char *dir);

/** lab_checkout_too_much - "/", a home directory, or what contains one. @dir: real path.
 */
bool lab_checkout_too_much(const char *dir);

#endif
