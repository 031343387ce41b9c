/* SPDX-License-Identifier: GPL-2.0-only */
/* A module file in memory: its sections and undefined symbols. Trusts the file. */
#ifndef SYMBOLS_TESTS_ELF_H
#define SYMBOLS_TESTS_ELF_H

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct elf {
	char *data;
	size_t size;
};

struct section {
	char *data; /* NULL: there is none */
	size_t size;
};

static inline bool elf_read(const char *path, struct elf *elf)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool good;

	if (fd < 0)
		return false;
	if (fstat(fd, &st))
		st.st_size = 0;
	elf->size = (size_t)st.st_size;
	elf->data = malloc(elf->size + 1);
	good = read(fd, elf->data, elf->size) == st.st_size &&
	       elf->size > sizeof(Elf64_Ehdr) && !memcmp(elf->data, ELFMAG, SELFMAG);
	close(fd);
	return good;
}

static inline Elf64_Shdr *elf_headers(const struct elf *elf)
{
	return (Elf64_Shdr *)(elf->data + ((Elf64_Ehdr *)elf->data)->e_shoff);
}

static inline struct section elf_section(const struct elf *elf, const char *name)
{
	const Elf64_Ehdr *head = (const Elf64_Ehdr *)elf->data;
	Elf64_Shdr *s = elf_headers(elf);
	const char *names = elf->data + s[head->e_shstrndx].sh_offset;

	for (int i = 0; i < head->e_shnum; i++)
		if (!strcmp(names + s[i].sh_name, name))
			return (struct section){elf->data + s[i].sh_offset, s[i].sh_size};
	return (struct section){NULL, 0};
}

/* The next undefined symbol behind @at (NULL: the first); NULL at the end. */
static inline const char *elf_undefined(const struct elf *elf, const char *at)
{
	struct section table = elf_section(elf, ".symtab");
	struct section names = elf_section(elf, ".strtab");
	const Elf64_Sym *sym = (const Elf64_Sym *)table.data;
	size_t n = table.size / sizeof(*sym), i = 1;

	while (at && i < n && names.data + sym[i].st_name != at)
		i++;
	for (i += at != NULL; i < n; i++)
		if (sym[i].st_shndx == SHN_UNDEF && sym[i].st_name)
			return names.data + sym[i].st_name;
	return NULL;
}

/* In a section of texts, "license=GPL" and the like: the one that begins so, or NULL. */
static inline char *elf_text(struct section s, const char *begin)
{
	for (char *p = s.data; p && p < s.data + s.size; p += strlen(p) + 1)
		if (!strncmp(p, begin, strlen(begin)))
			return p;
	return NULL;
}

#endif
