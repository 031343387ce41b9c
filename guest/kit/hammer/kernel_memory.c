// SPDX-License-Identifier: GPL-2.0-only
/* See kernel_memory.h. */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_memory.h"

#define PAGE 4096

/* On x86-64: the kernel, then its modules, then single pages with fixed addresses. */
#define CODE_BEGIN   0xffffffff80000000
#define MODULE_BEGIN 0xffffffffc0000000
#define CODE_END     0xffffffffff000000
#define LOWEST	     0xff00000000000000 /* with five levels of page tables */

#define VAST	    (1ull << 40)
#define MOST_RANGES 64

static Elf64_Phdr ranges[MOST_RANGES];
static unsigned int n_ranges;
static int kcore = -1;
static FILE *kallsyms; /* until it is read */
static uint64_t *symbols;
static size_t n_symbols;

bool kernel_memory_open(void)
{
	Elf64_Ehdr head;

	kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	if (kcore < 0)
		return false;
	if (pread(kcore, &head, sizeof(head), 0) != sizeof(head))
		return false;
	for (unsigned int i = 0; i < head.e_phnum && n_ranges < MOST_RANGES; i++) {
		Elf64_Phdr *p = &ranges[n_ranges];
		off_t at = (off_t)(head.e_phoff + i * sizeof(*p));

		if (pread(kcore, p, sizeof(*p), at) != sizeof(*p))
			return false;
		n_ranges += p->p_type == PT_LOAD;
	}
	kallsyms = fopen("/proc/kallsyms", "re");
	return true;
}

static const Elf64_Phdr *range_of(uint64_t address)
{
	for (unsigned int i = 0; i < n_ranges; i++)
		if (address - ranges[i].p_vaddr < ranges[i].p_memsz)
			return &ranges[i];
	return NULL;
}

static bool peek(int fd, const Elf64_Phdr *range, uint64_t address, void *to, size_t n)
{
	off_t at = (off_t)(address - range->p_vaddr + range->p_offset);

	return pread(fd, to, n, at) == (ssize_t)n;
}

/*
 * In a range of which little is used. What is not mapped reads as zeros, or on older
 * kernels (6.1) as whatever was read last through the same open file. So it is opened
 * anew, and the middle is read first, where nothing is.
 */
static bool is_mapped(const Elf64_Phdr *range, uint64_t address)
{
	uint64_t nowhere = range->p_vaddr + range->p_memsz / 2;
	char page[PAGE], nothing[PAGE];
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	bool mapped;

	if (fd < 0)
		return false;
	mapped = peek(fd, range, nowhere & ~(uint64_t)(PAGE - 1), nothing, PAGE) &&
		 peek(fd, range, address & ~(uint64_t)(PAGE - 1), page, PAGE) &&
		 memcmp(page, nothing, PAGE);
	close(fd);
	return mapped;
}

/* Does a call end here? */
static bool is_return(const Elf64_Phdr *range, uint64_t address)
{
	unsigned char code[8];

	if (!peek(kcore, range, address - 8, code, 8))
		return false;
	if (code[3] == 0xe8)
		return true;
	/* An indirect call: 0xff and a byte whose middle is 2, then nothing, 1 or 4
	 * bytes. */
	for (int i = 0; i < 7; i++)
		if (code[i] == 0xff && (code[i + 1] & 0x38) == 0x10 &&
		    (i == 6 || i == 5 || i == 4 || i == 2 || i == 1))
			return true;
	return false;
}

static int by_address(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Takes a second when it is asked for the first time, which is seldom. */
static void read_symbols(void)
{
	char line[512];

	while (fgets(line, sizeof(line), kallsyms)) {
		if (!(n_symbols & (n_symbols - 1)))
			symbols =
				realloc(symbols, 2 * (n_symbols + 1) * sizeof(*symbols));
		if (!symbols)
			_exit(1);
		symbols[n_symbols++] = strtoull(line, NULL, 16);
	}
	fclose(kallsyms);
	kallsyms = NULL;
	qsort(symbols, n_symbols, sizeof(*symbols), by_address);
}

static bool is_symbol(uint64_t address)
{
	if (kallsyms)
		read_symbols();
	return n_symbols &&
	       bsearch(&address, symbols, n_symbols, sizeof(*symbols), by_address);
}

enum kernel_memory kernel_memory(uint64_t address)
{
	const Elf64_Phdr *range = range_of(address);
	bool is_code;

	if (address < LOWEST || address >= CODE_END)
		return NO_MEMORY;
	if (address >= CODE_BEGIN) {
		is_code = range && (address < MODULE_BEGIN ? is_return(range, address) ||
								     is_symbol(address)
							   : is_mapped(range, address));
		return is_code ? CODE : CODE_OR_ALIKE;
	}
	if (!range)
		return NO_MEMORY;
	if (range->p_paddr != UINT64_MAX)
		return PAGES;
	/* Page structures are all there; vmalloc has its first part, and a few at the
	 * end. */
	return range->p_memsz < VAST || is_mapped(range, address) ? MAPPED : NO_MEMORY;
}

const char *kernel_memory_name(enum kernel_memory what)
{
	return what == PAGES	? "an address of the kernel's memory"
	       : what == MAPPED ? "an address of a kernel stack or of vmalloc"
				: "an address of the kernel's code or data";
}
