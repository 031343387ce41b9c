// SPDX-License-Identifier: GPL-2.0-only
/*
 * Only for the child that reads modules (symbolize_child.c). Calls of the kernel and of
 * other sections are relocations, which name what they call; the bytes of such a call's
 * target are filled in when the module is loaded, all others are as they run.
 */
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "object_code.h"

enum { CALLS_MAX = 2048 };

void object_code_deinit(struct object_code *code)
{
	for (size_t i = 0; i < code->n_calls; i++)
		free(code->calls[i].name);
	free(code->calls);
	memset(code, 0, sizeof(*code));
}

void object_code_add(struct object_code *code, unsigned long long offset, char *name)
{
	code->calls = xreallocarray(code->calls, code->n_calls + 1, sizeof(*code->calls));
	code->calls[code->n_calls++] = (struct object_call){offset, name};
}

struct symbols {
	Elf_Data *data;
	size_t n, names; /* section of the names */
};

static bool read_symbols(Elf *elf, Elf_Scn *scn, struct symbols *ret)
{
	GElf_Shdr header;

	if (!scn || !gelf_getshdr(scn, &header) || header.sh_type != SHT_SYMTAB ||
	    !header.sh_entsize)
		return false;
	ret->data = elf_getdata(scn, NULL);
	ret->n = header.sh_size / header.sh_entsize;
	ret->names = header.sh_link;
	return ret->data != NULL;
}

/* Static functions may share a name; the size tells them apart. */
static bool find_function(Elf *elf, const struct symbols *s, const char *name,
			  unsigned long long size, GElf_Sym *ret)
{
	bool found = false;
	GElf_Sym sym;

	for (size_t i = 1; i < s->n && gelf_getsym(s->data, (int)i, &sym); i++) {
		const char *is = elf_strptr(elf, s->names, sym.st_name);

		if (!is || strcmp(is, name) || sym.st_shndx == SHN_UNDEF ||
		    (found && sym.st_size != size))
			continue;
		*ret = sym;
		found = true;
	}
	return found;
}

static void read_bytes(Elf *elf, const GElf_Sym *f, unsigned long long offset,
		       struct object_code *ret)
{
	Elf_Scn *scn = elf_getscn(elf, f->st_shndx);
	Elf_Data *data = scn ? elf_rawdata(scn, NULL) : NULL;
	unsigned long long end = f->st_value + f->st_size, at = f->st_value + offset;

	if (!data || !data->d_buf || offset >= f->st_size || end > data->d_size ||
	    end < at)
		return;
	ret->n_bytes = end - at < OBJECT_CODE_BYTES ? end - at : OBJECT_CODE_BYTES;
	memcpy(ret->bytes, (const char *)data->d_buf + at, ret->n_bytes);
}

/* The four bytes of a call's target are its last. */
static void add_call(Elf *elf, const struct symbols *s, const GElf_Sym *f,
		     const GElf_Rela *r, struct object_code *ret)
{
	unsigned long long at = r->r_offset - f->st_value;
	const char *name = NULL;
	GElf_Sym target;

	if (GELF_R_TYPE(r->r_info) != R_X86_64_PLT32 || r->r_offset < f->st_value ||
	    at >= f->st_size || ret->n_calls == CALLS_MAX)
		return;
	if (gelf_getsym(s->data, (int)GELF_R_SYM(r->r_info), &target))
		name = elf_strptr(elf, s->names, target.st_name);
	if (name && *name)
		object_code_add(ret, at + 4, xstrdup(name));
}

static void read_calls(Elf *elf, const struct symbols *s, const GElf_Sym *f,
		       struct object_code *ret)
{
	GElf_Shdr header;
	GElf_Rela rela;

	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
		Elf_Data *data;

		if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_RELA ||
		    header.sh_info != f->st_shndx || !header.sh_entsize)
			continue;
		data = elf_getdata(scn, NULL);
		for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++)
			if (gelf_getrela(data, (int)i, &rela))
				add_call(elf, s, f, &rela, ret);
	}
}

void object_code_read(Elf *elf, const char *name, unsigned long long size,
		      unsigned long long offset, struct object_code *ret)
{
	Elf_Scn *scn = NULL;
	struct symbols s;
	GElf_Sym f = {0};

	while ((scn = elf_nextscn(elf, scn)))
		if (read_symbols(elf, scn, &s))
			break;
	if (!scn || !find_function(elf, &s, name, size, &f))
		return;
	read_bytes(elf, &f, offset, ret);
	read_calls(elf, &s, &f, ret);
}
