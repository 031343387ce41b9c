/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions of guests that have no handlers of their own: the user gets a sentence with
 * the place and the cause, instead of a triple fault, which tells nothing (and on AMD
 * leaves no registers).
 *
 * Behind the guest's RAM lie an interrupt table, a stack for it, and a stub for each
 * exception that does one OUT. The frame that the CPU pushed tells where the guest was. A
 * guest that loads a table of its own handles its exceptions itself.
 */
#ifndef MATRIX_EXCEPTION_H
#define MATRIX_EXCEPTION_H

#include <linux/kvm.h>

struct vm;

/** exception_attach - write the tables, put the port on the bus. Long mode only. 0,
 * -errno. */
int exception_attach(struct vm *vm);

/** exception_tables - the vCPU's GDT, IDT and TSS registers. */
void exception_tables(const struct vm *vm, struct kvm_sregs *sregs);

#endif
