/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the running kernel says about itself: offsets of structure members and the
 * number of a tracepoint's arguments (BTF), addresses of symbols (kallsyms). Asked while
 * the template is made, so that no kernel version is ever compared.
 */
#ifndef KMLAB_GUEST_BTF_H
#define KMLAB_GUEST_BTF_H

#include <stddef.h>
#include <stdint.h>

struct btf;

/** btf_open - read the kernel's own description; NULL when it has none. */
struct btf *btf_open(void);
void btf_close(struct btf *b);

/** btf_member - offset in bytes of @member in struct @name, looking into nameless parts.
 *  -ENOENT when there is no such thing; a NULL @b has nothing. */
int btf_member(const struct btf *b, const char *name, const char *member);

/** btf_size - size of struct @name in bytes, or -ENOENT. */
int btf_size(const struct btf *b, const char *name);

/** btf_enum - value of the enumerator @name of enum @type, or -ENOENT. */
int btf_enum(const struct btf *b, const char *type, const char *name);

/** btf_args - how many arguments the typedef'ed function pointer @name takes, or -ENOENT.
 *  A tracepoint NAME is btf_trace_NAME; its first argument is the probe's own. */
int btf_args(const struct btf *b, const char *name);

/** btf_function - id of function @name, or -ENOENT; @n_args (may be NULL): its arguments.
 */
int btf_function(const struct btf *b, const char *name, int *n_args);

struct symbol {
	const char *name;
	uint64_t address; /* filled in; 0 when it is not there */
	uint64_t end;	  /* by symbols_end() */
};

/** symbols_find - fill in all of @symbols in one pass. 0 or -errno. */
int symbols_find(struct symbol *symbols, unsigned int n);

/** symbols_end - where the next symbol begins, for each that was found. */
void symbols_end(struct symbol *symbols, unsigned int n);

/** symbols_name - the symbol that holds @address, "" when there is none. Slow. */
void symbols_name(uint64_t address, char *name, size_t size);

enum { SYMBOL_NAME = 64 };

struct naming {
	uint64_t address;
	uint64_t symbol;	/* filled in: where it begins, 0 when there is none */
	char name[SYMBOL_NAME]; /* ... and its name */
};

/** symbols_name_all - the same for many in one pass. */
void symbols_name_all(struct naming *v, unsigned int n);

#endif
