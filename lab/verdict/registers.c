// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines of __show_regs() and the "Code:" line of arch/x86/kernel/dumpstack.c. Of the
 * instruction set only what says where an operand in memory is: Intel's manual, volume 2,
 * chapter 2 (prefixes, ModRM, SIB) and the opcode maps of its appendix A.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "registers.h"

enum { RSI = 6, RDI = 7, NO_REGISTER = -1, BYTES_MAX = OBJECT_CODE_BYTES };

static const char *const names[X86_REGISTERS] = {
	"RAX: ", "RCX: ", "RDX: ", "RBX: ", "RSP: 0018:", "RBP: ", "RSI: ", "RDI: ",
	"R08: ", "R09: ", "R10: ", "R11: ", "R12: ",	  "R13: ", "R14: ", "R15: ",
};

bool registers_read(const struct strv *lines, struct registers *ret)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < lines->n && seen != 0xffff; i++) {
		if (strstr(lines->v[i], "Call Trace:"))
			break;
		for (unsigned int k = 0; k < X86_REGISTERS; k++) {
			const char *s = strstr(lines->v[i], names[k]);

			if (!s || seen & 1U << k)
				continue;
			ret->v[k] = strtoull(s + strlen(names[k]), NULL, 16);
			seen |= 1U << k;
		}
	}
	return seen == 0xffff;
}

struct code {
	uint8_t v[BYTES_MAX];
	size_t n, at;
};

/* "Code: 89 fd <f0> 0f c1 45 20": from the marked byte on. */
static bool read_code(const struct strv *lines, struct code *ret)
{
	const char *s = NULL;

	for (size_t i = 0; i < lines->n && !s; i++) {
		if (strstr(lines->v[i], "Call Trace:"))
			return false;
		if (str_starts(lines->v[i], "Code: "))
			s = strchr(lines->v[i], '<');
	}
	*ret = (struct code){.n = 0};
	while (s && *s && ret->n < BYTES_MAX) {
		char *end;

		s += strspn(s, "<> ");
		ret->v[ret->n] = (uint8_t)strtoul(s, &end, 16);
		if (end == s)
			break;
		ret->n++;
		s = end;
	}
	return ret->n;
}

static bool copy_code(const struct object_code *file, struct code *ret)
{
	*ret = (struct code){.n = file->n_bytes};
	memcpy(ret->v, file->bytes, file->n_bytes);
	return ret->n;
}

static uint8_t next(struct code *c)
{
	return c->at < c->n ? c->v[c->at++] : 0;
}

struct instruction {
	bool two_bytes; /* 0f and an opcode */
	bool wide;	/* REX.W */
	bool narrow;	/* 66 */
	bool locked;
	uint8_t rex, opcode;
};

/* False for what no plain pointer goes through: FS and GS, 32 bit addresses. */
static bool read_prefixes(struct code *c, struct instruction *i)
{
	for (;;) {
		uint8_t b = next(c);

		if (b == 0x64 || b == 0x65 || b == 0x67)
			return false;
		i->narrow |= b == 0x66;
		i->locked |= b == 0xf0;
		if (b == 0x66 || b == 0xf0 || b == 0xf2 || b == 0xf3 || b == 0x2e ||
		    b == 0x36 || b == 0x3e || b == 0x26)
			continue;
		if ((b & 0xf0) == 0x40) {
			i->rex = b;
			i->wide = b & 8;
			b = next(c);
		}
		i->two_bytes = b == 0x0f;
		i->opcode = i->two_bytes ? next(c) : b;
		return true;
	}
}

static bool has_modrm(const struct instruction *i)
{
	uint8_t o = i->opcode;

	if (i->two_bytes)
		return (o >= 0x10 && o < 0x30) || (o >= 0x40 && o < 0x77) ||
		       (o >= 0x78 && o < 0x80) || (o >= 0x90 && o < 0xa0) ||
		       (o >= 0xa3 && o < 0xa6) || (o >= 0xab && o < 0xc8) || o >= 0xd0 ||
		       o == 0x0d || o == 0x18;
	if (o < 0x40)
		return (o & 7) < 4;
	return o == 0x63 || o == 0x69 || o == 0x6b || (o >= 0x80 && o < 0x90) ||
	       o == 0xc0 || o == 0xc1 || o == 0xc6 || o == 0xc7 ||
	       (o >= 0xd0 && o < 0xd4) || (o >= 0xd8 && o < 0xe0) || o == 0xf6 ||
	       o == 0xf7 || o == 0xfe || o == 0xff;
}

/* Of general registers only: what vector instructions access need not be aligned. */
static unsigned int operand_size(const struct instruction *i)
{
	unsigned int size = i->wide ? 8 : i->narrow ? 2 : 4;
	uint8_t o = i->opcode;

	if (i->two_bytes) {
		if (o == 0xb6 || o == 0xbe || o == 0xb0 || o == 0xc0)
			return 1;
		if (o == 0xb7 || o == 0xbf)
			return 2;
		return o == 0xb1 || o == 0xc1 || o == 0xaf || (o & 0xf0) == 0x40 ? size
										 : 0;
	}
	if (o == 0x63)
		return 4;
	if (o == 0x69 || o == 0x6b || o == 0x83 || (o & 1))
		return o >= 0xd8 && o < 0xe0 ? 0 : size;
	return o >= 0xd8 && o < 0xe0 ? 0 : 1;
}

struct place {
	int base, index; /* registers, or NO_REGISTER */
	unsigned int scale;
	int32_t offset;
};

static int32_t read_offset(struct code *c, size_t bytes)
{
	uint32_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v |= (uint32_t)next(c) << 8 * i;
	return bytes == 1 ? (int8_t)v : (int32_t)v;
}

/* False when the operand is a register, or lies relative to the code. */
static bool read_place(struct code *c, uint8_t rex, struct place *ret)
{
	uint8_t modrm = next(c), mode = modrm >> 6, sib;
	size_t bytes = mode == 1 ? 1 : mode == 2 ? 4 : 0;

	*ret = (struct place){
		.base = (modrm & 7) | (rex & 1) << 3, .index = NO_REGISTER, .scale = 1};
	if (mode == 3 || (mode == 0 && (modrm & 7) == 5))
		return false;
	if ((modrm & 7) == 4) {
		sib = next(c);
		ret->base = (sib & 7) | (rex & 1) << 3;
		ret->index = (sib >> 3 & 7) | (rex & 2) << 2;
		ret->scale = 1U << (sib >> 6);
		if (ret->index == 4)
			ret->index = NO_REGISTER;
		if ((sib & 7) == 5 && mode == 0) {
			ret->base = NO_REGISTER;
			bytes = 4;
		}
	}
	ret->offset = read_offset(c, bytes);
	return true;
}

static bool is_error(unsigned long long v)
{
	return v >= (unsigned long long)-4095;
}

/* The kernel's half of the address space, without the error codes at its end. */
static bool is_address(unsigned long long v)
{
	return v >> 47 == 0x1ffff && !is_error(v);
}

/* Of two registers that are added the one that looks like a pointer is it: -1 is an index
 * beside an address, and an error code beside a small number. */
static void split(const struct registers *r, const struct place *p,
		  unsigned long long address, struct memory_access *ret)
{
	unsigned long long base = p->base >= 0 ? r->v[p->base] : 0;
	unsigned long long index = p->index >= 0 ? r->v[p->index] : 0;
	bool swapped = p->index >= 0 && p->scale == 1 && !is_address(base) &&
		       (is_address(index) || (is_error(index) && !is_error(base)));

	ret->pointer = swapped ? index : base;
	ret->offset = (long long)(address - ret->pointer);
}

/* movs, cmps, stos, lods, scas: their pointers are RSI and RDI. */
static bool string_access(const struct registers *r, uint8_t opcode,
			  unsigned long long address, struct memory_access *ret)
{
	bool is_string =
		(opcode >= 0xa4 && opcode <= 0xa7) || (opcode >= 0xaa && opcode <= 0xaf);

	if (!is_string || (r->v[RSI] != address && r->v[RDI] != address))
		return false;
	ret->pointer = address;
	return true;
}

bool registers_access(const struct strv *lines, const struct object_code *file,
		      unsigned long long address, struct memory_access *ret)
{
	struct instruction i = {.rex = 0};
	struct registers r;
	struct code code;
	struct place p;
	unsigned long long at;

	*ret = (struct memory_access){.pointer = 0};
	if (!registers_read(lines, &r) ||
	    (!read_code(lines, &code) && !copy_code(file, &code)) ||
	    !read_prefixes(&code, &i))
		return false;
	if (!i.two_bytes && string_access(&r, i.opcode, address, ret))
		return true;
	if (!has_modrm(&i) || !read_place(&code, i.rex, &p))
		return false;
	at = (unsigned long long)(long long)p.offset;
	if (p.base >= 0)
		at += r.v[p.base];
	if (p.index >= 0)
		at += r.v[p.index] * p.scale;
	if (at != address)
		return false;
	ret->size = operand_size(&i);
	ret->reference_count = i.locked && i.two_bytes && i.opcode == 0xc1;
	split(&r, &p, address, ret);
	return true;
}
