// SPDX-License-Identifier: GPL-2.0-only
/* Where a module's sections lie, as long as the kernel says so. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"
#include "small.h"
#include "steps.h"

/* The module's section headers, or NULL when the image is not what it should be. */
static const Elf64_Shdr *headers(const struct proto_entry *e, size_t *n,
				 const char **names)
{
	const char *image = payload_data(e);
	const Elf64_Ehdr *head = (const void *)image;
	const Elf64_Shdr *sh;

	if (e->data_len < sizeof(*head) || memcmp(head->e_ident, ELFMAG, SELFMAG) ||
	    head->e_shentsize != sizeof(*sh) || head->e_shoff > e->data_len ||
	    head->e_shnum > (e->data_len - head->e_shoff) / sizeof(*sh) ||
	    head->e_shstrndx >= head->e_shnum)
		return NULL;
	sh = (const void *)(image + head->e_shoff);
	if (sh[head->e_shstrndx].sh_offset >= e->data_len)
		return NULL;
	*names = image + sh[head->e_shstrndx].sh_offset;
	*n = head->e_shnum;
	return sh;
}

/* A module may be reported twice: while its init function runs, and afterwards. */
static void forget_ranges(struct agent *a, const char *module)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < a->n_ranges; i++)
		if (strcmp(a->ranges[i].module, module))
			a->ranges[kept++] = a->ranges[i];
	a->n_ranges = kept;
}

static void add_range(struct agent *a, const char *module, uint64_t start, uint64_t size)
{
	struct leftover_range *r;

	if (a->n_ranges == AGENT_MAX_RANGES)
		return;
	r = &a->ranges[a->n_ranges++];
	snprintf(r->module, sizeof(r->module), "%s", module);
	r->start = start;
	r->end = start + size;
}

static uint64_t section_address(const char *module, const char *section)
{
	char path[256], text[32];

	snprintf(path, sizeof(path), "/sys/module/%s/sections/%s", module, section);
	if (read_text(path, text, sizeof(text)) <= 0)
		return 0;
	return strtoull(text, NULL, 16);
}

/* Code and data: where traces and pointers lead. The rest is the kernel's book-keeping,
 * and each address is a file to open. */
static bool matters(const Elf64_Shdr *sh, const char *name)
{
	if (!(sh->sh_flags & SHF_ALLOC) || !sh->sh_size || !strncmp(name, "__", 2))
		return false;
	return (sh->sh_flags & (SHF_EXECINSTR | SHF_WRITE)) ||
	       !strncmp(name, ".rodata", 7);
}

void sections_report(struct agent *a, const struct proto_entry *e)
{
	const char *names = NULL, *module = payload_name(e);
	char buf[8192];
	size_t n = 0, used = (size_t)snprintf(buf, 64, "%s", module) + 1;
	const Elf64_Shdr *sh = headers(e, &n, &names);

	if (a->again)
		return;
	if (section_address(module, ".gnu.linkonce.this_module"))
		forget_ranges(a, module);
	for (size_t i = 1; sh && i < n; i++) {
		const char *name = names + sh[i].sh_name;
		struct proto_section s;

		if (!matters(&sh[i], name) ||
		    used + sizeof(s) + strlen(name) + 1 > sizeof(buf))
			continue;
		s.address = section_address(module, name);
		if (!s.address)
			continue;
		if (sh[i].sh_flags & SHF_EXECINSTR)
			add_range(a, module, s.address, sh[i].sh_size);
		memcpy(buf + used, &s, sizeof(s));
		strcpy(buf + used + sizeof(s), name);
		used += sizeof(s) + strlen(name) + 1;
	}
	if (used > strlen(module) + 1)
		port_send(a, PROTO_SECTIONS, NULL, 0, buf, used);
}
