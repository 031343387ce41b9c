// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module is a relocatable file: its sections have no addresses until the kernel gives
 * them some. libdwfl lays them out at addresses of its own and relocates the debug
 * information accordingly; a place is therefore looked up as symbol + offset, or as
 * section + offset, never by the guest's address.
 */
#include <elfutils/libdwfl.h>
#include <string.h>

#include "debuginfo.h"
#include "debuginfo_lines.h"

/* Of a function's name; the kernel's own limit (KSYM_NAME_LEN) is 512. */
#define FUNCTION_MAX 512

struct code {
	char *name, *path;
	bool tried;
	Dwfl *dwfl;	     /* owns module */
	Dwfl_Module *module; /* NULL: cannot be read */
	GElf_Addr bias; /* between libdwfl's addresses and those of its symbol table */
};

struct debuginfo {
	struct code *v;
	size_t n;
	const struct lab_section *sections;
	size_t n_sections;
};

struct debuginfo *debuginfo_create(void)
{
	return xcalloc(1, sizeof(struct debuginfo));
}

void debuginfo_destroy(struct debuginfo *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].name);
		free(d->v[i].path);
		if (d->v[i].dwfl)
			dwfl_end(d->v[i].dwfl);
	}
	free(d->v);
	free(d);
}

void debuginfo_add(struct debuginfo *d, const char *name, const char *path)
{
	d->v = xreallocarray(d->v, d->n + 1, sizeof(*d->v));
	d->v[d->n++] = (struct code){.name = xstrdup(name), .path = xstrdup(path)};
}

void debuginfo_sections(struct debuginfo *d, const struct lab_section *v, size_t n)
{
	d->sections = v;
	d->n_sections = n;
}

/* Only the .ko itself is read; libdwfl's standard search would even ask the network. */
static int find_no_debuginfo(Dwfl_Module *module, void **data, const char *name,
			     Dwarf_Addr base, const char *file, const char *link,
			     GElf_Word crc, char **ret)
{
	return -1;
}

static int find_no_elf(Dwfl_Module *module, void **data, const char *name,
		       Dwarf_Addr base, char **file, Elf **elf)
{
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.section_address = dwfl_offline_section_address,
	.find_elf = find_no_elf,
	.find_debuginfo = find_no_debuginfo,
};

static Dwfl_Module *open_module(struct code *c)
{
	GElf_Addr bias;

	if (c->tried)
		return c->module;
	c->tried = true;
	c->dwfl = dwfl_begin(&callbacks);
	if (!c->dwfl)
		return NULL;
	c->module = dwfl_report_offline(c->dwfl, c->name, c->path, -1);
	dwfl_report_end(c->dwfl, NULL, NULL);
	if (c->module && !dwfl_module_getelf(c->module, &bias))
		c->module = NULL;
	return c->module;
}

void debuginfo_open_all(struct debuginfo *d)
{
	for (size_t i = 0; i < d->n; i++)
		open_module(&d->v[i]);
}

static struct code *find_code(struct debuginfo *d, const char *name)
{
	for (size_t i = 0; name && i < d->n; i++)
		if (!strcmp(d->v[i].name, name))
			return open_module(&d->v[i]) ? &d->v[i] : NULL;
	return NULL;
}

/* Static functions may share a name; the size in the trace tells them apart. */
static bool find_symbol(struct code *c, const char *name, unsigned long long size,
			GElf_Addr *ret)
{
	int n = dwfl_module_getsymtab(c->module);
	bool found = false;

	for (int i = 1; i < n; i++) {
		GElf_Addr address;
		GElf_Sym sym;
		const char *s = dwfl_module_getsym_info(c->module, i, &sym, &address,
							NULL, NULL, NULL);

		if (!s || strcmp(s, name) || sym.st_shndx == SHN_UNDEF)
			continue;
		if (found && sym.st_size != size)
			continue;
		*ret = address;
		found = true;
	}
	return found;
}

struct placed {
	GElf_Addr start;
	GElf_Xword size;
	GElf_Word index;
};

/* The section of a module in libdwfl's layout. */
static bool find_section(struct code *c, const char *name, struct placed *ret)
{
	int n = dwfl_module_relocations(c->module);
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(c->module, &bias);

	for (int i = 0; i < n; i++) {
		GElf_Word index;
		GElf_Shdr header;
		const char *s =
			dwfl_module_relocation_info(c->module, (unsigned int)i, &index);
		Elf_Scn *scn = s && !strcmp(s, name) ? elf_getscn(elf, index) : NULL;

		if (!scn || !gelf_getshdr(scn, &header))
			continue;
		ret->start = header.sh_addr + bias;
		ret->size = header.sh_size;
		ret->index = index;
		return true;
	}
	return false;
}

static bool contains(struct debuginfo *d, const struct lab_section *section,
		     unsigned long long address)
{
	struct placed placed;
	struct code *c;

	if (!section->name || !section->address || address < section->address)
		return false;
	c = find_code(d, section->module);
	return c && find_section(c, section->name, &placed) &&
	       address - section->address < placed.size;
}

/* The memory of init sections is given to whom comes next: to another's init sections, or
 * to what stays until the unload. */
const struct lab_section *debuginfo_owner(struct debuginfo *d, unsigned long long address,
					  const char *module)
{
	const struct lab_section *last = NULL;

	for (size_t i = 0; i < d->n_sections; i++) {
		const struct lab_section *section = &d->sections[i];

		if ((module && strcmp(module, section->module)) ||
		    !contains(d, section, address))
			continue;
		if (!str_starts(section->name, ".init"))
			return section;
		last = section;
	}
	return last;
}

unsigned long long debuginfo_init_address(struct debuginfo *d, const struct lab_frame *f)
{
	struct code *c = find_code(d, f->module);
	const char *section;
	GElf_Addr at;
	int i;

	if (!c || !f->function || !find_symbol(c, f->function, f->size, &at))
		return 0;
	i = dwfl_module_relocate_address(c->module,
					 &at); /* from the section's start now */
	section = i < 0 ? NULL
			: dwfl_module_relocation_info(c->module, (unsigned int)i, NULL);
	if (!section || !str_starts(section, ".init"))
		return 0;
	for (size_t k = 0; k < d->n_sections; k++)
		if (!strcmp(d->sections[k].module, f->module) && d->sections[k].name &&
		    !strcmp(d->sections[k].name, section) && d->sections[k].address)
			return d->sections[k].address + at + f->offset;
	return 0;
}

/* A return address is the instruction after the call, maybe of another line. */
static GElf_Addr before(GElf_Addr address, bool call)
{
	return call ? address - 1 : address;
}

static bool place_raw(struct debuginfo *d, const struct lab_frame *f, struct code **code,
		      struct placed *section, GElf_Addr *ret)
{
	const struct lab_section *owner = debuginfo_owner(d, f->offset, f->module);

	*code = owner ? find_code(d, owner->module) : NULL;
	if (!*code || !find_section(*code, owner->name, section))
		return false;
	*ret = section->start + (f->offset - owner->address);
	return true;
}

/* A symbol of another section is a neighbour in libdwfl's layout, no more. */
static void name_raw(struct code *c, const struct placed *section, GElf_Addr address,
		     struct lab_frame *f)
{
	GElf_Off offset;
	GElf_Sym sym;
	GElf_Word index = SHN_UNDEF;
	const char *name = dwfl_module_addrinfo(c->module, address, &offset, &sym, &index,
						NULL, NULL);

	free(f->module);
	f->module = xstrdup(c->name);
	if (!name || index != section->index)
		return;
	f->function = debuginfo_function(c->module, address);
	if (!f->function)
		f->function = xstrndup(name, FUNCTION_MAX);
	f->offset = offset;
	f->size = sym.st_size;
}

/* The kernel's names for init and exit are not those of the source. */
static void use_source_name(struct code *c, GElf_Addr at, struct lab_frame *f)
{
	char *name;

	if (!f->function ||
	    (strcmp(f->function, "init_module") && strcmp(f->function, "cleanup_module")))
		return;
	name = debuginfo_function(c->module, at - f->offset);
	if (!name)
		return;
	free(f->function);
	f->function = name;
}

static void resolve(struct debuginfo *d, struct lab_frame *f, bool call,
		    struct lab_event *to)
{
	struct code *c = NULL;
	struct placed section;
	GElf_Addr at;
	bool known;

	if (f->function) {
		c = find_code(d, f->module);
		known = c && find_symbol(c, f->function, f->size, &at);
		at = known ? at + f->offset : 0;
	} else {
		known = place_raw(d, f, &c, &section, &at) &&
			before(at, call) >= section.start;
		if (known)
			name_raw(c, &section, before(at, call), f);
	}
	if (known) {
		use_source_name(c, at, f);
		debuginfo_line(c->module, before(at, call), f);
		debuginfo_inlined(c->module, before(at, call), f, to);
	}
	lab_event_add_frame(to, f);
}

void debuginfo_event(struct debuginfo *d, struct lab_event *event)
{
	struct lab_event resolved = {0};

	for (size_t i = 0; i < event->n_frames; i++) {
		bool call = !event->frames[i].exact;

		resolve(d, &event->frames[i], call, &resolved);
	}
	lab_event_take_frames(event, &resolved);
}

void debuginfo_code(struct debuginfo *d, const struct lab_frame *f,
		    struct object_code *ret)
{
	struct code *c = find_code(d, f->module);
	GElf_Addr bias;

	if (c && f->function)
		object_code_read(dwfl_module_getelf(c->module, &bias), f->function,
				 f->size, f->offset, ret);
}

bool debuginfo_has(struct debuginfo *d, const char *module, const char *symbol)
{
	struct code *c = find_code(d, module);
	GElf_Addr address;

	return !c || find_symbol(c, symbol, 0, &address);
}
