/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few pieces of BPF that watching a module needs: maps, an assembler for programs
 * of a dozen instructions, and the two ways to attach them. Written out because the
 * agent links nothing but libc, and musl brings no linux/bpf.h.
 * Reference: Documentation/bpf/standardization/instruction-set.rst.
 */
#ifndef KMLAB_GUEST_BPF_H
#define KMLAB_GUEST_BPF_H

#include <stdbool.h>
#include <stdint.h>

enum { R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, FP };

enum bpf_size { BPF_BYTE = 0x10, BPF_HALF = 0x08, BPF_WORD = 0x00, BPF_DWORD = 0x18 };

enum bpf_jump {
	JUMP_EQ = 0x10,
	JUMP_GT = 0x20,
	JUMP_NE = 0x50,
	JUMP_LT = 0xa0,
	JUMP_LE = 0xb0
};

enum bpf_helper {
	HELPER_LOOKUP = 1,
	HELPER_UPDATE = 2,
	HELPER_DELETE = 3,
	HELPER_CURRENT_PID = 14,
	HELPER_CURRENT_TASK = 35,
	HELPER_GET_STACK = 67,
	HELPER_READ_KERNEL = 113,
	HELPER_READ_STRING = 115,
};

/* MAP_LRU: a hash that forgets what was not used for long rather than be full */
enum bpf_map_kind { MAP_HASH = 1, MAP_ARRAY = 2, MAP_LRU = 9 };

enum bpf_prog_kind {
	PROG_KPROBE = 2,
	PROG_EVENT = 5,
	PROG_RAW_TRACEPOINT = 17,
	PROG_TRACING = 26
};

/* EDGE_REPLACE: what is not 0 is returned instead of calling the function, which must be
 * one of the kernel's security hooks. */
enum bpf_edge { EDGE_ENTRY = 24, EDGE_EXIT = 25, EDGE_REPLACE = 26 };

struct bpf_insn {
	uint8_t code, regs;
	int16_t off;
	int32_t imm;
};

/* A program being written. A jump "out" leaves it; asm_end() says where that is. */
struct bpf_asm {
	struct bpf_insn insn[1024]; /* the longest strikes out an array of 16 */
	unsigned int n;
	uint16_t out[32]; /* jumps to patch */
	unsigned int n_out;
};

void asm_mov(struct bpf_asm *a, int dst, int src);
void asm_mov_imm(struct bpf_asm *a, int dst, int32_t imm);
void asm_add_imm(struct bpf_asm *a, int dst, int32_t imm);
void asm_and_imm(struct bpf_asm *a, int dst, int32_t imm);
void asm_add(struct bpf_asm *a, int dst, int src);
void asm_sub(struct bpf_asm *a, int dst, int src);
void asm_load(struct bpf_asm *a, enum bpf_size size, int dst, int src, int off);
void asm_store(struct bpf_asm *a, enum bpf_size size, int dst, int off, int src);
void asm_const(struct bpf_asm *a, int dst, uint64_t value);
/* asm_map - the map itself; asm_cell - address of 64-bit cell @n of an array's one value.
 */
void asm_map(struct bpf_asm *a, int dst, int fd);
void asm_cell(struct bpf_asm *a, int dst, int fd, int n);
void asm_count(struct bpf_asm *a, int fd, int n, int by); /* spoils R1 and R2 */
void asm_call(struct bpf_asm *a, enum bpf_helper helper);
void asm_out(struct bpf_asm *a, enum bpf_jump jump, int dst, int src);
void asm_out_imm(struct bpf_asm *a, enum bpf_jump jump, int dst, int32_t imm);
void asm_out_always(struct bpf_asm *a);
/* asm_skip - a forward jump to wherever asm_here() is called with its result. */
unsigned int asm_skip(struct bpf_asm *a, enum bpf_jump jump, int dst, int src);
unsigned int asm_skip_imm(struct bpf_asm *a, enum bpf_jump jump, int dst, int32_t imm);
void asm_here(struct bpf_asm *a, unsigned int jump);
/* asm_top, asm_again - the beginning of a loop, and the jump back to it. */
unsigned int asm_top(const struct bpf_asm *a);
void asm_again(struct bpf_asm *a, enum bpf_jump jump, int dst, int32_t imm,
	       unsigned int top);
/* asm_return - leave with @imm; asm_end() leaves with 0. */
void asm_return(struct bpf_asm *a, int32_t imm);
void asm_end(struct bpf_asm *a);

/** bpf_map - make a map; hash maps take their memory at once, so that they may be used
 *  from within the allocator. A descriptor or -errno. */
int bpf_map(enum bpf_map_kind kind, uint32_t key, uint32_t value, uint32_t max);
int bpf_map_get(int map, const void *key, void *value);
int bpf_map_set(int map, const void *key, void *value);
int bpf_map_delete(int map, const void *key);
/** bpf_map_next - the key after @key (NULL: the first). 0 or -ENOENT. */
int bpf_map_next(int map, const void *key, void *next);

/** bpf_map_many - up to @max entries of a hash map at once, from *@at on, which is 0 at
 * the beginning and again at the end. How many; or -errno. Since Linux 5.6. */
int bpf_map_many(int map, uint32_t *at, void *keys, void *values, uint32_t max);

/** bpf_load - verify and translate. A descriptor or -errno. */
int bpf_load(enum bpf_prog_kind kind, struct bpf_asm *a);
/** bpf_attach - to a tracepoint by its name. A descriptor that holds it, or -errno. */
int bpf_attach(int prog, const char *tracepoint);
/** bpf_attach_function - load and attach to an edge of the function with BTF id
 *  @function. @prog gets the program, the link is returned; or -errno. */
int bpf_attach_function(struct bpf_asm *a, enum bpf_edge edge, uint32_t function,
			int *prog);
/** bpf_attach_kprobe - to the entry of a kernel function. */
int bpf_attach_kprobe(int prog, const char *function);
/** bpf_attach_event - a PROG_EVENT to the tracepoint @event as performance counters see
 *  it; @event with its group: "kmem/kfree". A descriptor that holds it, or -errno. */
int bpf_attach_event(int prog, const char *event);
/** bpf_event_field - where in the argument of a PROG_EVENT @field is; -ENOENT. */
int bpf_event_field(const char *event, const char *field);
/** bpf_missed - how often the program was not run because it was running already. */
uint64_t bpf_missed(int prog);

#endif
