/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of a stopped guest: registers, page tables, the instructions around RIP. */
#ifndef MATRIX_DUMP_H
#define MATRIX_DUMP_H

struct text;
struct vm;

/** dump_vm - append it to @out. The guest is not in KVM_RUN; its state does not change.
 *  Without a disassembler the instructions are shown as bytes. Return: 0, or what KVM
 *  said. */
int dump_vm(struct vm *vm, struct text *out);

/** dump_vm_json - the same as JSON: registers, control registers, mappings, and the bytes
 * at RIP. Numbers are strings in hexadecimal, since JSON's are not wide enough. */
int dump_vm_json(struct vm *vm, struct text *out);

#endif
