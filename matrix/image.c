// SPDX-License-Identifier: GPL-2.0-only
/* Guest images; see image.h. Field names and meanings: System V ABI, ELF-64. */
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "image.h"

struct loader {
	const uint8_t *data;
	size_t size;
	const struct guest_region *ram;
	char *why;
	Elf64_Ehdr head;
	Elf64_Phdr segments[IMAGE_SEGMENTS];
	unsigned int n;
};

__attribute__((format(printf, 3, 4))) static int refuse(struct loader *l, int err,
							const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->why, IMAGE_WHY, fmt, ap);
	va_end(ap);
	return err;
}

bool image_is_elf(const void *data, size_t size)
{
	return size >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG);
}

static int check_head(struct loader *l)
{
	const Elf64_Ehdr *h = &l->head;

	if (l->size < sizeof(*h))
		return refuse(l, -ENOEXEC, "its ELF header is cut off");
	memcpy(&l->head, l->data, sizeof(l->head));
	if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB ||
	    h->e_machine != EM_X86_64)
		return refuse(l, -ENOEXEC, "it is an ELF file, but not for x86-64");
	if (h->e_type == ET_DYN)
		return refuse(l, -ENOEXEC,
			      "it is position-independent; link it with -static -no-pie");
	if (h->e_type != ET_EXEC)
		return refuse(l, -ENOEXEC, "it is an ELF file, but no linked program");
	if (h->e_phentsize != sizeof(Elf64_Phdr) || !h->e_phnum)
		return refuse(l, -ENOEXEC, "it has no program headers of the usual size");
	if (h->e_phoff > l->size ||
	    (l->size - h->e_phoff) / sizeof(Elf64_Phdr) < h->e_phnum)
		return refuse(l, -ENOEXEC, "its program headers are cut off");
	return 0;
}

static int check_segment(struct loader *l, const Elf64_Phdr *p)
{
	unsigned long long at = p->p_paddr, memory = p->p_memsz;

	if (p->p_filesz > memory)
		return refuse(l, -ENOEXEC,
			      "the segment at 0x%llx has more in the file than "
			      "in memory",
			      at);
	if (p->p_offset > l->size || p->p_filesz > l->size - p->p_offset)
		return refuse(l, -ENOEXEC, "the segment at 0x%llx is cut off in the file",
			      at);
	if (at + memory < at)
		return refuse(l, -ENOEXEC, "the segment at 0x%llx wraps around", at);
	if (p->p_vaddr != p->p_paddr)
		return refuse(l, -ENOEXEC,
			      "the segment at 0x%llx is linked to run at 0x%llx; "
			      "the two must be one",
			      at, (unsigned long long)p->p_vaddr);
	if (at + memory > l->ram->size)
		return refuse(l, -EFBIG,
			      "the segment at 0x%llx to 0x%llx is outside its "
			      "%llu MiB of memory",
			      at, at + memory, (unsigned long long)(l->ram->size >> 20));
	for (unsigned int i = 0; i < l->n; i++) {
		const Elf64_Phdr *o = &l->segments[i];

		if (at < o->p_paddr + o->p_memsz && o->p_paddr < at + memory)
			return refuse(l, -ENOEXEC,
				      "the segments at 0x%llx and 0x%llx overlap",
				      (unsigned long long)o->p_paddr, at);
	}
	return 0;
}

static int collect_segments(struct loader *l)
{
	for (unsigned int i = 0; i < l->head.e_phnum; i++) {
		Elf64_Phdr p;
		int err;

		memcpy(&p, l->data + l->head.e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type == PT_INTERP || p.p_type == PT_DYNAMIC)
			return refuse(l, -ENOEXEC,
				      "it wants a dynamic linker; link it with "
				      "-static -no-pie");
		if (p.p_type != PT_LOAD || !p.p_memsz)
			continue;
		if (l->n == IMAGE_SEGMENTS)
			return refuse(l, -ENOEXEC, "it has more than %d segments",
				      IMAGE_SEGMENTS);
		err = check_segment(l, &p);
		if (err)
			return err;
		l->segments[l->n++] = p;
	}
	return l->n ? 0 : refuse(l, -ENOEXEC, "it has nothing to load");
}

static bool entry_is_code(const struct loader *l)
{
	for (unsigned int i = 0; i < l->n; i++) {
		const Elf64_Phdr *p = &l->segments[i];

		if (p->p_flags & PF_X && l->head.e_entry >= p->p_paddr &&
		    l->head.e_entry - p->p_paddr < p->p_memsz)
			return true;
	}
	return false;
}

static int load_elf(struct loader *l, struct image *ret)
{
	int err = check_head(l);

	err = err ? err : collect_segments(l);
	if (err)
		return err;
	if (!entry_is_code(l))
		return refuse(l, -ENOEXEC, "its entry 0x%llx is in no executable segment",
			      (unsigned long long)l->head.e_entry);
	*ret = (struct image){.elf = true, .entry = l->head.e_entry};
	for (unsigned int i = 0; i < l->n; i++) {
		const Elf64_Phdr *p = &l->segments[i];

		memcpy(l->ram->host + p->p_paddr, l->data + p->p_offset, p->p_filesz);
		if (p->p_paddr + p->p_memsz > ret->end)
			ret->end = p->p_paddr + p->p_memsz;
	}
	return 0;
}

static int load_flat(struct loader *l, uint64_t at, struct image *ret)
{
	if (at > l->ram->size || l->size > l->ram->size - at)
		return refuse(l, -EFBIG,
			      "its %zu bytes from 0x%llx on are outside its %llu "
			      "MiB of memory",
			      l->size, (unsigned long long)at,
			      (unsigned long long)(l->ram->size >> 20));
	memcpy(l->ram->host + at, l->data, l->size);
	*ret = (struct image){.entry = at, .end = at + l->size};
	return 0;
}

int image_load(const void *data, size_t size, const struct guest_region *ram,
	       uint64_t flat_at, struct image *ret, char *why)
{
	struct loader l = {.data = data, .size = size, .ram = ram, .why = why};

	if (!size)
		return refuse(&l, -ENODATA, "it is empty");
	if (image_is_elf(data, size))
		return load_elf(&l, ret);
	return load_flat(&l, flat_at, ret);
}
