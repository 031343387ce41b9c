/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the registers and the code bytes of an oops say: through which pointer the kernel
 * went. An error pointer plus the offset of a field often is a small address, so the
 * address alone looks like NULL.
 */
#ifndef KMLAB_LAB_REGISTERS_H
#define KMLAB_LAB_REGISTERS_H

#include "object_code.h"
#include "text.h"

enum { X86_REGISTERS = 16 };

/* In the order of the instruction set: RAX RCX RDX RBX RSP RBP RSI RDI R8 ... R15. */
struct registers {
	unsigned long long v[X86_REGISTERS];
};

/** registers_read - those of the first dump in an event's lines; false: there is none. */
bool registers_read(const struct strv *lines, struct registers *ret);

struct memory_access {
	unsigned long long pointer; /* what the register held */
	long long offset;	    /* of the place accessed, from there */
	unsigned int size;	    /* in bytes; 0: not known */
	bool reference_count;	    /* "lock xadd": as get_task_struct() and others do */
};

/**
 * registers_access - the access to memory that faulted at @address, by the instruction
 * that the dump marks with < >, or by that in @file where the dump has none (at the start
 * of a page, before 6.3). False when there is no dump, when the instruction is not one of
 * those that compilers make for pointers, or when it does not lead to @address.
 */
bool registers_access(const struct strv *lines, const struct object_code *file,
		      unsigned long long address, struct memory_access *ret);

#endif
