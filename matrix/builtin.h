/* SPDX-License-Identifier: GPL-2.0-only */
/* The guests of matrix/guests, inside the program: it needs no other file to run them. */
#ifndef MATRIX_BUILTIN_H
#define MATRIX_BUILTIN_H

#include <stdbool.h>
#include <stddef.h>

struct builtin_guest {
	const char *name;
	const char *summary;
	const void *image;
	size_t size;
};

/** builtin_guest - the guest number @i, from 0; false when there is none. */
bool builtin_guest(size_t i, struct builtin_guest *ret);

/** builtin_guest_find - the guest of that name; false when there is none. */
bool builtin_guest_find(const char *name, struct builtin_guest *ret);

#endif
