// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "bpf.h"

enum {
	CODE_ADD_IMM = 0x07,
	CODE_AND_IMM = 0x57,
	CODE_ADD = 0x0f,
	CODE_SUB = 0x1f,
	CODE_MOV_IMM = 0xb7,
	CODE_MOV = 0xbf,
	CODE_CONST = 0x18,
	CODE_GOTO = 0x05,
	CODE_JUMP_IMM = 0x05,
	CODE_JUMP = 0x0d,
	CODE_CALL = 0x85,
	CODE_EXIT = 0x95,
	CODE_LOAD = 0x61,
	CODE_STORE = 0x63,
	CODE_ATOMIC_ADD = 0xdb,
	SRC_MAP = 1,	   /* the constant is a map's descriptor */
	SRC_MAP_VALUE = 2, /* ... and an offset into its only value */
};

static void emit(struct bpf_asm *a, int code, int dst, int src, int off, int32_t imm)
{
	if (a->n < sizeof(a->insn) / sizeof(a->insn[0]))
		a->insn[a->n++] = (struct bpf_insn){
			(uint8_t)code, (uint8_t)(dst | src << 4), (int16_t)off, imm};
}

static void emit_wide(struct bpf_asm *a, int dst, int src, uint32_t low, uint32_t high)
{
	emit(a, CODE_CONST, dst, src, 0, (int32_t)low);
	emit(a, 0, 0, 0, 0, (int32_t)high);
}

void asm_mov(struct bpf_asm *a, int dst, int src)
{
	emit(a, CODE_MOV, dst, src, 0, 0);
}

void asm_mov_imm(struct bpf_asm *a, int dst, int32_t imm)
{
	emit(a, CODE_MOV_IMM, dst, 0, 0, imm);
}

void asm_add_imm(struct bpf_asm *a, int dst, int32_t imm)
{
	emit(a, CODE_ADD_IMM, dst, 0, 0, imm);
}

void asm_and_imm(struct bpf_asm *a, int dst, int32_t imm)
{
	emit(a, CODE_AND_IMM, dst, 0, 0, imm);
}

void asm_add(struct bpf_asm *a, int dst, int src)
{
	emit(a, CODE_ADD, dst, src, 0, 0);
}

void asm_sub(struct bpf_asm *a, int dst, int src)
{
	emit(a, CODE_SUB, dst, src, 0, 0);
}

void asm_load(struct bpf_asm *a, enum bpf_size size, int dst, int src, int off)
{
	emit(a, CODE_LOAD | (int)size, dst, src, off, 0);
}

void asm_store(struct bpf_asm *a, enum bpf_size size, int dst, int off, int src)
{
	emit(a, CODE_STORE | (int)size, dst, src, off, 0);
}

void asm_const(struct bpf_asm *a, int dst, uint64_t value)
{
	emit_wide(a, dst, 0, (uint32_t)value, (uint32_t)(value >> 32));
}

void asm_map(struct bpf_asm *a, int dst, int fd)
{
	emit_wide(a, dst, SRC_MAP, (uint32_t)fd, 0);
}

void asm_cell(struct bpf_asm *a, int dst, int fd, int n)
{
	emit_wide(a, dst, SRC_MAP_VALUE, (uint32_t)fd, (uint32_t)n * 8);
}

void asm_count(struct bpf_asm *a, int fd, int n, int by)
{
	asm_cell(a, R1, fd, n);
	asm_mov_imm(a, R2, by);
	emit(a, CODE_ATOMIC_ADD, R1, R2, 0, 0);
}

void asm_call(struct bpf_asm *a, enum bpf_helper helper)
{
	emit(a, CODE_CALL, 0, 0, 0, (int32_t)helper);
}

static void leave_here(struct bpf_asm *a)
{
	if (a->n_out < sizeof(a->out) / sizeof(a->out[0]))
		a->out[a->n_out++] = (uint16_t)(a->n - 1);
}

void asm_out(struct bpf_asm *a, enum bpf_jump jump, int dst, int src)
{
	emit(a, CODE_JUMP | (int)jump, dst, src, 0, 0);
	leave_here(a);
}

void asm_out_imm(struct bpf_asm *a, enum bpf_jump jump, int dst, int32_t imm)
{
	emit(a, CODE_JUMP_IMM | (int)jump, dst, 0, 0, imm);
	leave_here(a);
}

void asm_out_always(struct bpf_asm *a)
{
	emit(a, CODE_GOTO, 0, 0, 0, 0);
	leave_here(a);
}

unsigned int asm_skip(struct bpf_asm *a, enum bpf_jump jump, int dst, int src)
{
	emit(a, CODE_JUMP | (int)jump, dst, src, 0, 0);
	return a->n - 1;
}

unsigned int asm_skip_imm(struct bpf_asm *a, enum bpf_jump jump, int dst, int32_t imm)
{
	emit(a, CODE_JUMP_IMM | (int)jump, dst, 0, 0, imm);
	return a->n - 1;
}

void asm_here(struct bpf_asm *a, unsigned int jump)
{
	a->insn[jump].off = (int16_t)(a->n - jump - 1);
}

unsigned int asm_top(const struct bpf_asm *a)
{
	return a->n;
}

void asm_again(struct bpf_asm *a, enum bpf_jump jump, int dst, int32_t imm,
	       unsigned int top)
{
	emit(a, CODE_JUMP_IMM | (int)jump, dst, 0, (int)top - (int)a->n - 1, imm);
}

void asm_return(struct bpf_asm *a, int32_t imm)
{
	asm_mov_imm(a, R0, imm);
	emit(a, CODE_EXIT, 0, 0, 0, 0);
}

void asm_end(struct bpf_asm *a)
{
	for (unsigned int i = 0; i < a->n_out; i++)
		asm_here(a, a->out[i]);
	asm_return(a, 0);
}

/* The parts of union bpf_attr in use; the kernel takes what is missing as zero. */
union attr {
	struct {
		uint32_t kind, key, value, max, flags;
	} map;
	struct {
		uint32_t fd, pad;
		uint64_t key, value, flags;
	} element;
	struct {
		uint64_t in, out, keys, values;
		uint32_t count, fd;
		uint64_t element_flags, flags;
	} batch;
	struct {
		uint32_t kind, n;
		uint64_t insns, license;
		uint32_t log_level, log_size;
		uint64_t log;
		uint32_t kern_version, flags;
		char name[16];
		uint32_t ifindex, edge;
		uint32_t btf_fd, unused[8];
		uint32_t function;
	} prog;
	struct {
		uint64_t name;
		uint32_t prog;
	} raw;
	struct {
		uint32_t fd, len;
		uint64_t info;
	} info;
	char all[128];
};

enum {
	MAP_CREATE = 0,
	MAP_LOOKUP = 1,
	MAP_UPDATE = 2,
	MAP_DELETE = 3,
	MAP_NEXT = 4,
	PROG_LOAD = 5,
	GET_INFO = 15,
	RAW_OPEN = 17,
	MAP_LOOKUP_BATCH = 24
};

static int call(int command, union attr *attr)
{
	int ret = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));

	return ret < 0 ? -errno : ret;
}

static uint64_t address(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

int bpf_map(enum bpf_map_kind kind, uint32_t key, uint32_t value, uint32_t max)
{
	union attr attr = {.all = {0}};

	attr.map.kind = kind;
	attr.map.key = key;
	attr.map.value = value;
	attr.map.max = max;
	return call(MAP_CREATE, &attr);
}

static int element(int command, int map, const void *key, void *value)
{
	union attr attr = {.all = {0}};

	attr.element.fd = (uint32_t)map;
	attr.element.key = address(key);
	attr.element.value = address(value);
	return call(command, &attr);
}

int bpf_map_get(int map, const void *key, void *value)
{
	return element(MAP_LOOKUP, map, key, value);
}

int bpf_map_set(int map, const void *key, void *value)
{
	return element(MAP_UPDATE, map, key, value);
}

int bpf_map_delete(int map, const void *key)
{
	return element(MAP_DELETE, map, key, NULL);
}

int bpf_map_next(int map, const void *key, void *next)
{
	return element(MAP_NEXT, map, key, next);
}

int bpf_map_many(int map, uint32_t *at, void *keys, void *values, uint32_t max)
{
	union attr attr = {.all = {0}};
	int err;

	attr.batch.in = *at ? address(at) : 0;
	attr.batch.out = address(at);
	attr.batch.keys = address(keys);
	attr.batch.values = address(values);
	attr.batch.count = max;
	attr.batch.fd = (uint32_t)map;
	err = call(MAP_LOOKUP_BATCH, &attr);
	if (err && err != -ENOENT)
		return err;
	if (err)
		*at = 0;
	return (int)attr.batch.count;
}

static int load(enum bpf_prog_kind kind, struct bpf_asm *a, enum bpf_edge edge,
		uint32_t function)
{
	union attr attr = {.all = {0}};

	asm_end(a);
	attr.prog.kind = kind;
	attr.prog.n = a->n;
	attr.prog.insns = address(a->insn);
	attr.prog.license = address("GPL");
	attr.prog.edge = edge;
	attr.prog.function = function;
	return call(PROG_LOAD, &attr);
}

int bpf_load(enum bpf_prog_kind kind, struct bpf_asm *a)
{
	return load(kind, a, 0, 0);
}

int bpf_attach(int prog, const char *tracepoint)
{
	union attr attr = {.all = {0}};

	attr.raw.name = address(tracepoint);
	attr.raw.prog = (uint32_t)prog;
	return call(RAW_OPEN, &attr);
}

int bpf_attach_function(struct bpf_asm *a, enum bpf_edge edge, uint32_t function,
			int *prog)
{
	int link;

	*prog = load(PROG_TRACING, a, edge, function);
	if (*prog < 0)
		return *prog;
	link = bpf_attach(*prog, NULL);
	if (link < 0) {
		close(*prog);
		*prog = -1;
	}
	return link;
}

/* struct perf_event_attr, first published form and the two words a kprobe needs. */
struct event_attr {
	uint32_t type, size;
	uint64_t config, sample_period, sample_type, read_format, flags;
	uint32_t wakeup_events, bp_type;
	uint64_t function; /* config1 */
	uint64_t offset;   /* config2 */
};

enum { EVENT_TRACEPOINT = 2, EVENT_ENABLE = 0x2400, EVENT_SET_BPF = 0x40042408 };

static int read_number(const char *path)
{
	_cleanup_fclose_ FILE *f = fopen(path, "re");
	int n;

	return f && fscanf(f, "%d", &n) == 1 ? n : -ENOENT;
}

/* One counter is enough: the program runs for the event on every CPU. */
static int attach_counter(int prog, struct event_attr *attr)
{
	_cleanup_close_ int fd = -1;

	attr->size = sizeof(*attr);
	fd = (int)syscall(SYS_perf_event_open, attr, -1, 0, -1, 8 /* close on exec */);
	if (fd < 0 || ioctl(fd, EVENT_SET_BPF, prog) || ioctl(fd, EVENT_ENABLE, 0))
		return -errno;
	return take_fd(&fd);
}

int bpf_attach_kprobe(int prog, const char *function)
{
	int type = read_number("/sys/bus/event_source/devices/kprobe/type");
	struct event_attr attr = {.type = (uint32_t)type, .function = address(function)};

	return type < 0 ? type : attach_counter(prog, &attr);
}

#define EVENTS "/sys/kernel/tracing/events"

int bpf_attach_event(int prog, const char *event)
{
	struct event_attr attr = {.type = EVENT_TRACEPOINT};
	char path[128];
	int id;

	snprintf(path, sizeof(path), EVENTS "/%s/id", event);
	id = read_number(path);
	attr.config = (uint64_t)id;
	return id < 0 ? id : attach_counter(prog, &attr);
}

/* "	field:const void * ptr;	offset:16;	size:8;	signed:0;" */
int bpf_event_field(const char *event, const char *field)
{
	_cleanup_fclose_ FILE *f = NULL;
	char path[128], end[64], line[256];

	snprintf(path, sizeof(path), EVENTS "/%s/format", event);
	snprintf(end, sizeof(end), " %s;", field);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		const char *at = strstr(line, end);
		int offset;

		if (at && sscanf(at + strlen(end), " offset:%d;", &offset) == 1)
			return offset;
	}
	return -ENOENT;
}

/* struct bpf_prog_info; recursion_misses since 5.12, zero before. */
struct prog_info {
	uint8_t before[208];
	uint64_t recursion_misses;
	uint8_t after[40];
};

uint64_t bpf_missed(int prog)
{
	struct prog_info info = {.recursion_misses = 0};
	union attr attr = {.all = {0}};

	attr.info.fd = (uint32_t)prog;
	attr.info.len = sizeof(info);
	attr.info.info = address(&info);
	return call(GET_INFO, &attr) ? 0 : info.recursion_misses;
}
