/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who still points into the memory that a module had? Whatever it left registered, in
 * whichever list: its address is in the kernel's memory, and there the host finds it,
 * without a word of the guest's and without a guess about names of functions.
 */
#ifndef KMLAB_LAB_VM_SEARCH_H
#define KMLAB_LAB_VM_SEARCH_H

#include "vm.h"

/** search_pointers - words of the kernel's that point into @ranges. How many, at most
 *  PROTO_MAX_HOLDERS, in @ret; -ESRCH: QEMU has ended; -errno: this host cannot look. */
int search_pointers(const struct vm *vm, const struct lab_template *t,
		    const struct proto_range *ranges, size_t n, struct proto_holder *ret);

#endif
