/* SPDX-License-Identifier: GPL-2.0-only */
/* A function of a module as its .ko has it: the bytes at a place, and what it calls. */
#ifndef KMLAB_LAB_OBJECT_CODE_H
#define KMLAB_LAB_OBJECT_CODE_H

#include <libelf.h>
#include <stddef.h>

enum { OBJECT_CODE_BYTES = 16 };

struct object_call {
	unsigned long long offset; /* of the return address, from the function's start */
	char *name;
};

struct object_code {
	unsigned char bytes[OBJECT_CODE_BYTES];
	size_t n_bytes;
	struct object_call *calls; /* by name, in the order of the code; also jumps */
	size_t n_calls;
};

#define OBJECT_CODE_INIT                                                                 \
	{                                                                                \
		.n_bytes = 0                                                             \
	}

/** object_code_deinit - free what it owns; empty afterwards. */
void object_code_deinit(struct object_code *code);
#define _cleanup_object_code_ _cleanup_(object_code_deinit)

/** object_code_add - takes over @name. */
void object_code_add(struct object_code *code, unsigned long long offset, char *name);

/** object_code_read - the function @name of @size bytes (0: any) in a relocatable file;
 *  the bytes from @offset in it on. Nothing when it is not there. */
void object_code_read(Elf *elf, const char *name, unsigned long long size,
		      unsigned long long offset, struct object_code *ret);

#endif
