// SPDX-License-Identifier: GPL-2.0-only
/* Reference: Documentation/bpf/btf.rst. The data is the kernel's own and trusted. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "btf.h"

enum kind {
	KIND_INT = 1,
	KIND_ARRAY = 3,
	KIND_STRUCT = 4,
	KIND_UNION = 5,
	KIND_ENUM = 6,
	KIND_TYPEDEF = 8,
	KIND_FUNC = 12,
	KIND_FUNC_PROTO = 13,
	KIND_VAR = 14,
	KIND_DATASEC = 15,
	KIND_DECL_TAG = 17,
	KIND_ENUM64 = 19,
};

struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t len, type_off, type_len, str_off, str_len;
};

struct type {
	uint32_t name, info, size; /* size, or the type it refers to */
};

struct member {
	uint32_t name, type,
		offset; /* bits; the upper 8 are a bit field's width if info says so */
};

struct btf {
	char *data;
	const char *strings;
	const struct type **type; /* by id; [0] is void */
	uint32_t n;
};

static uint32_t type_kind(const struct type *t)
{
	return t->info >> 24 & 0x1f;
}

static uint32_t type_count(const struct type *t)
{
	return t->info & 0xffff;
}

static size_t type_bytes(const struct type *t)
{
	switch (type_kind(t)) {
	case KIND_INT:
	case KIND_VAR:
	case KIND_DECL_TAG:
		return sizeof(*t) + 4;
	case KIND_ARRAY:
		return sizeof(*t) + 12;
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_DATASEC:
	case KIND_ENUM64:
		return sizeof(*t) + 12 * (size_t)type_count(t);
	case KIND_ENUM:
	case KIND_FUNC_PROTO:
		return sizeof(*t) + 8 * (size_t)type_count(t);
	default:
		return sizeof(*t);
	}
}

static int read_all(const char *path, char **ret, size_t *size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *data = NULL;
	struct stat st;
	size_t at = 0;
	ssize_t len;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	data = malloc((size_t)st.st_size);
	if (!data)
		return -ENOMEM;
	while (at < (size_t)st.st_size &&
	       (len = read(fd, data + at, (size_t)st.st_size - at)) > 0)
		at += (size_t)len;
	*ret = take_ptr(data);
	*size = at;
	return 0;
}

static int index_types(struct btf *b, const struct header *h)
{
	const char *at = b->data + h->len + h->type_off, *end = at + h->type_len;
	uint32_t cap = h->type_len / sizeof(struct type) + 1;

	b->type = calloc(cap, sizeof(*b->type));
	if (!b->type)
		return -ENOMEM;
	for (b->n = 1; at < end; b->n++) {
		b->type[b->n] = (const struct type *)at;
		at += type_bytes(b->type[b->n]);
	}
	return 0;
}

struct btf *btf_open(void)
{
	struct btf *b = calloc(1, sizeof(*b));
	const struct header *h;
	size_t size = 0;

	if (!b)
		return NULL;
	if (read_all("/sys/kernel/btf/vmlinux", &b->data, &size) || size < sizeof(*h))
		goto fail;
	h = (const struct header *)b->data;
	if (h->magic != 0xeb9f || (uint64_t)h->len + h->str_off + h->str_len > size)
		goto fail;
	b->strings = b->data + h->len + h->str_off;
	if (!index_types(b, h))
		return b;
fail:
	btf_close(b);
	return NULL;
}

void btf_close(struct btf *b)
{
	if (!b)
		return;
	free(b->type);
	free(b->data);
	free(b);
}

static uint32_t find_id(const struct btf *b, enum kind kind, const char *name)
{
	for (uint32_t i = 1; b && i < b->n; i++)
		if (type_kind(b->type[i]) == kind &&
		    !strcmp(b->strings + b->type[i]->name, name))
			return i;
	return 0;
}

static const struct type *find(const struct btf *b, enum kind kind, const char *name)
{
	uint32_t id = find_id(b, kind, name);

	return id ? b->type[id] : NULL;
}

static int member_in(const struct btf *b, const struct type *t, const char *name)
{
	const struct member *m = (const struct member *)(t + 1);

	for (uint32_t i = 0; i < type_count(t); i++, m++) {
		uint32_t bits = t->info >> 31 ? m->offset & 0xffffff : m->offset;
		const struct type *inner = b->type[m->type];
		int ret = -ENOENT;

		if (m->name && !strcmp(b->strings + m->name, name))
			return (int)(bits / 8);
		if (!m->name && inner &&
		    (type_kind(inner) == KIND_STRUCT || type_kind(inner) == KIND_UNION))
			ret = member_in(b, inner, name);
		if (ret >= 0)
			return (int)(bits / 8) + ret;
	}
	return -ENOENT;
}

int btf_member(const struct btf *b, const char *name, const char *member)
{
	const struct type *t = find(b, KIND_STRUCT, name);

	return t ? member_in(b, t, member) : -ENOENT;
}

int btf_size(const struct btf *b, const char *name)
{
	const struct type *t = find(b, KIND_STRUCT, name);

	return t ? (int)t->size : -ENOENT;
}

int btf_enum(const struct btf *b, const char *type, const char *name)
{
	const struct type *t = find(b, KIND_ENUM, type);
	const uint32_t *value = (const uint32_t *)(t + 1);

	for (uint32_t i = 0; t && i < type_count(t); i++, value += 2)
		if (!strcmp(b->strings + value[0], name))
			return (int)value[1];
	return -ENOENT;
}

int btf_args(const struct btf *b, const char *name)
{
	const struct type *t = find(b, KIND_TYPEDEF, name);

	/* typedef, pointer, prototype */
	t = t ? b->type[t->size] : NULL;
	t = t ? b->type[t->size] : NULL;
	return t && type_kind(t) == KIND_FUNC_PROTO ? (int)type_count(t) : -ENOENT;
}

int btf_function(const struct btf *b, const char *name, int *n_args)
{
	uint32_t id = find_id(b, KIND_FUNC, name);

	if (id && n_args)
		*n_args = (int)type_count(b->type[b->type[id]->size]);
	return id ? (int)id : -ENOENT;
}

/* address, space, letter, space, name. The modules' symbols come last. */
static char *parse_symbol(char *line, uint64_t *address)
{
	char *name = strchr(line, ' ');

	if (!name || strlen(name) < 4 || strchr(name, '['))
		return NULL;
	name += 3;
	name[strcspn(name, "\n\t")] = 0;
	*address = strtoull(line, NULL, 16);
	return name;
}

void symbols_name(uint64_t address, char *name, size_t size)
{
	struct naming naming = {.address = address};

	symbols_name_all(&naming, 1);
	snprintf(name, size, "%s", naming.name);
}

void symbols_name_all(struct naming *v, unsigned int n)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/kallsyms", "re");
	char line[512], *s;
	uint64_t at;

	while (f && fgets(line, sizeof(line), f) && (s = parse_symbol(line, &at)))
		for (unsigned int i = 0; i < n; i++) {
			struct naming *p = &v[i];

			if (at > p->address || at <= p->symbol)
				continue;
			p->symbol = at;
			snprintf(p->name, sizeof(p->name), "%s", s);
		}
}

void symbols_end(struct symbol *symbols, unsigned int n)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/kallsyms", "re");
	char line[512];
	uint64_t at;

	for (unsigned int i = 0; i < n; i++)
		symbols[i].end = symbols[i].address ? UINT64_MAX : 0;
	while (f && fgets(line, sizeof(line), f) && parse_symbol(line, &at))
		for (unsigned int i = 0; i < n; i++)
			if (at > symbols[i].address && at < symbols[i].end)
				symbols[i].end = at;
}

int symbols_find(struct symbol *symbols, unsigned int n)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/kallsyms", "re");
	unsigned int left = n;
	char line[512];

	if (!f)
		return -errno;
	while (left && fgets(line, sizeof(line), f)) {
		uint64_t at;
		char *name = parse_symbol(line, &at);

		if (!name)
			break;
		for (unsigned int i = 0; i < n; i++)
			if (!symbols[i].address && !strcmp(symbols[i].name, name)) {
				symbols[i].address = at;
				left--;
			}
	}
	return 0;
}
