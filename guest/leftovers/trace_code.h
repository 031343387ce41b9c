/* SPDX-License-Identifier: GPL-2.0-only */
/* Pieces of BPF code that several of the watching programs need, and how those begin and
 * are attached. */
#ifndef KMLAB_GUEST_TRACE_CODE_H
#define KMLAB_GUEST_TRACE_CODE_H

#include "trace_state.h"

/* Stack of the programs, below the frame pointer. */
enum { KEY = -8, SCRATCH = -16, VALUE = -112 };

/** trace_begin - an empty program; register @args_in will point to its arguments. */
void trace_begin(struct bpf_asm *a, int args_in);

/** trace_only_modules - code that leaves unless R7 is an address of a module. */
void trace_only_modules(const struct trace *t, struct bpf_asm *a);

/** trace_update - code for map[KEY] = what is at FP + @value; whether it succeeds or not.
 */
void trace_update(struct bpf_asm *a, int map, int value);

/** trace_put - code for map[KEY] = VALUE, both on the stack; leaves when that is done. */
void trace_put(const struct trace *t, struct bpf_asm *a, int map);

/** trace_born - code that stores at FP + @to how many modules have been loaded so far. */
void trace_born(const struct trace *t, struct bpf_asm *a, int to);

/** trace_note - code for map[R8] = { R7, R9, @kind, R3 }, a struct held. */
void trace_note(const struct trace *t, struct bpf_asm *a, int map, enum held_kind kind);

/** trace_strike - code that forgets the object in R8; spoils R0 to R5. */
void trace_strike(struct bpf_asm *a, int map);

/** trace_peek - code for dst = @size bytes at register @base + @off, of any memory. */
void trace_peek(struct bpf_asm *a, int dst, enum bpf_size size, int base, int off);

/** trace_keep - take over a program and its link (negative: nothing to take). A program
 *  that strikes out of @map (-1: it does not) is kept open: a run the kernel skipped
 * would make a false report. */
void trace_keep(struct trace *t, int prog, int link, int map);

/** trace_keep_another - one that strikes out the same as the last that was kept. */
void trace_keep_another(struct trace *t, int prog, int link);

/** trace_attach - load the program and run it at @tracepoint, if this kernel has it. */
void trace_attach(struct trace *t, struct bpf_asm *a, const char *tracepoint);

#endif
