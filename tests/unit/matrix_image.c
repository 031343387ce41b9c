// SPDX-License-Identifier: GPL-2.0-only
/* The image loader: what it loads, what it refuses and why, and that nothing makes it
 * write outside of the guest's memory (the sanitizers look on). */
#include <elf.h>
#include <errno.h>

#include "image.h"
#include "text.h"
#include "x86.h"

#include "tap.h"

enum { RAM = 64 << 10 };

static struct guest_region ram;
static char why[IMAGE_WHY];

struct file {
	Elf64_Ehdr head;
	Elf64_Phdr p[3];
	uint8_t code[64];
};

static struct file good_file(void)
{
	struct file f = {
		.head = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
				     EV_CURRENT},
			 .e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_entry = 0x1000,
			 .e_phoff = offsetof(struct file, p),
			 .e_ehsize = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1},
		.p[0] = {.p_type = PT_LOAD,
			 .p_flags = PF_R | PF_X,
			 .p_offset = offsetof(struct file, code),
			 .p_vaddr = 0x1000,
			 .p_paddr = 0x1000,
			 .p_filesz = 64,
			 .p_memsz = 128},
	};

	memset(f.code, 0x90, sizeof(f.code));
	return f;
}

static int load(const void *data, size_t size, struct image *ret)
{
	struct image none;

	memset(ram.host, 0, RAM);
	*why = '\0';
	return image_load(data, size, &ram, 0, ret ? ret : &none, why);
}

static void test_good(void)
{
	struct file f = good_file();
	struct image image;
	bool clean = true;

	is_int(load(&f, sizeof(f), &image), 0, "a static ELF program is loaded");
	ok(image.elf && image.entry == 0x1000 && image.end == 0x1080,
	   "its entry and end");
	for (int i = 0; i < RAM; i++)
		clean &= ram.host[i] == (i >= 0x1000 && i < 0x1040 ? 0x90 : 0);
	ok(clean, "its bytes are where they belong, and nowhere else");
	is_int(load("\x90\x90\xf4", 3, &image), 0, "anything else is a flat binary");
	ok(!image.elf && image.entry == 0 && ram.host[2] == 0xf4,
	   "loaded where it starts");
}

/* One thing wrong at a time. */
static void refused(struct file f, int err, const char *word, const char *name)
{
	int got = load(&f, sizeof(f), NULL);

	if (!ok(got == err && strstr(why, word), name))
		printf("# got %d, \"%s\"\n", got, why);
}

#define REFUSED(change, err, word, name)                                                 \
	do {                                                                             \
		struct file f = good_file();                                             \
		change;                                                                  \
		refused(f, err, word, name);                                             \
	} while (0)

static void test_bad(void)
{
	static uint8_t big[RAM + 1];

	is_int(load("", 0, NULL), -ENODATA, "an empty file");
	is_int(load(big, sizeof(big), NULL), -EFBIG,
	       "a flat binary larger than the memory");
	is_int(load(big, sizeof(big) - 1, NULL), 0, "one that fills it");
	is_int(load("\x7f"
		    "ELF",
		    4, NULL),
	       -ENOEXEC, "four bytes of an ELF file");
	REFUSED(f.head.e_machine = EM_AARCH64, -ENOEXEC, "not for x86-64",
		"another machine");
	REFUSED(f.head.e_ident[EI_CLASS] = ELFCLASS32, -ENOEXEC, "not for x86-64",
		"32 bits");
	REFUSED(f.head.e_type = ET_DYN, -ENOEXEC, "-no-pie", "position-independent");
	REFUSED(f.head.e_type = ET_REL, -ENOEXEC, "no linked program", "an object file");
	REFUSED(f.head.e_phnum = 0, -ENOEXEC, "no program headers", "no program headers");
	REFUSED(f.head.e_phoff = UINT64_MAX - 8, -ENOEXEC, "cut off",
		"headers past the end");
	REFUSED(f.head.e_phnum = 0xfffe, -ENOEXEC, "cut off",
		"more headers than the file has");
	REFUSED(f.p[0].p_type = PT_NOTE, -ENOEXEC, "nothing to load", "nothing to load");
	REFUSED(f.p[0].p_type = PT_INTERP, -ENOEXEC, "dynamic linker",
		"a dynamic linker");
	REFUSED(f.p[0].p_filesz = 129, -ENOEXEC, "more in the file",
		"file size above memory size");
	REFUSED(f.p[0].p_offset = UINT64_MAX, -ENOEXEC, "cut off",
		"a segment past the file's end");
	REFUSED((f.p[0].p_filesz = f.p[0].p_memsz = 1 << 14), -ENOEXEC, "cut off",
		"a segment longer than the file");
	REFUSED((f.p[0].p_paddr = f.p[0].p_vaddr = UINT64_MAX - 63), -ENOEXEC, "wraps",
		"a segment that wraps around");
	REFUSED((f.p[0].p_memsz = UINT64_MAX), -ENOEXEC, "wraps",
		"a size that wraps around");
	REFUSED((f.p[0].p_paddr = f.p[0].p_vaddr = RAM - 127), -EFBIG, "outside",
		"one byte past the memory");
	REFUSED(f.p[0].p_vaddr = 0x2000, -ENOEXEC, "must be one", "linked for elsewhere");
	REFUSED(f.head.e_entry = 0x1080, -ENOEXEC, "executable",
		"an entry behind the code");
	REFUSED(f.p[0].p_flags = PF_R, -ENOEXEC, "executable", "an entry that is data");
	REFUSED((f.head.e_phnum = 2, f.p[1] = f.p[0],
		 f.p[1].p_paddr = f.p[1].p_vaddr = 0x107f),
		-ENOEXEC, "overlap", "segments that overlap by a byte");
}

static void test_neighbours(void)
{
	struct file f = good_file();

	f.head.e_phnum = 2;
	f.p[1] = f.p[0];
	f.p[1].p_paddr = f.p[1].p_vaddr = 0x1080;
	is_int(load(&f, sizeof(f), NULL), 0, "segments that touch are fine");
	f = good_file();
	f.p[0].p_paddr = f.p[0].p_vaddr = f.head.e_entry = RAM - 128;
	is_int(load(&f, sizeof(f), NULL), 0,
	       "a segment up to the memory's last byte, too");
}

static void test_every_cut(void)
{
	struct file f = good_file();
	bool good = true;

	/* A copy of exactly this size, so that a sanitizer sees a byte too much. */
	for (size_t size = 1; size < sizeof(f); size++) {
		_cleanup_free_ uint8_t *cut = xcalloc(1, size);

		memcpy(cut, &f, size);
		good &= load(cut, size, NULL) != 0 || size < 4;
	}
	ok(good, "a file cut off anywhere is refused");
}

static void test_flips(void)
{
	uint64_t seed = 1;

	for (int round = 0; round < 100000; round++) {
		struct file f = good_file();
		uint8_t *bytes = (uint8_t *)&f;

		for (int i = 0; i < 1 + round % 4; i++) {
			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			bytes[(seed >> 33) % offsetof(struct file, code)] ^=
				(uint8_t)(1 << (seed >> 60) % 8);
		}
		load(&f, sizeof(f), NULL);
	}
	ok(true, "a hundred thousand files with flipped bits do no harm");
}

static void test_addresses(void)
{
	struct guest_memory m = {.ram = ram, .area = {RAM, 4096, ram.host}};

	ok(guest_memory_at(&m, (gpa_t){0}, RAM) == ram.host, "all of the memory at once");
	ok(!guest_memory_at(&m, (gpa_t){0}, RAM + 1), "and no byte more");
	ok(!guest_memory_at(&m, (gpa_t){RAM - 1}, 2), "nothing across two regions");
	ok(guest_memory_at(&m, (gpa_t){RAM + 4095}, 1), "the last byte of the second");
	ok(!guest_memory_at(&m, (gpa_t){RAM + 4096}, 1), "behind it nothing");
	ok(!guest_memory_at(&m, (gpa_t){UINT64_MAX}, 2), "an address that wraps");
	ok(!guest_memory_at(&m, (gpa_t){8}, UINT64_MAX), "a length that wraps");
}

static int count(void *ctx, const struct x86_mapping *map)
{
	(*(unsigned int *)ctx)++;
	return 0;
}

static int stop_at_first(void *ctx, const struct x86_mapping *map)
{
	*(struct x86_mapping *)ctx = *map;
	return 1;
}

static void test_page_tables(void)
{
	struct guest_memory m = {0};
	struct x86_mapping first = {0};
	unsigned int n = 0;
	uint64_t *loop;

	if (guest_region_map(&m.ram, 0, 3 * RAM_UNIT, 0) ||
	    guest_region_map(&m.area, 3 * RAM_UNIT, AREA_PAGES * GUEST_PAGE, 0))
		return;
	x86_long_mode_tables(&m);
	is_int(x86_walk(&m, m.area.base, count, &n), 0,
	       "our own page tables can be walked");
	is_int(n, 4, "they map the memory, what exceptions need, and the texts");
	is_int(x86_walk(&m, m.area.base, stop_at_first, &first), 1,
	       "the walk stops when told to");
	ok(first.size == 3 * RAM_UNIT && first.page == RAM_UNIT && first.writable &&
		   !first.user,
	   "what is mapped alike is one stretch");
	loop = (uint64_t *)m.ram.host;
	for (int i = 0; i < 512; i++)
		loop[i] = 0 | 3;
	is_int(x86_walk(&m, 0, count, &n), -ELOOP,
	       "tables that contain themselves end the walk");
	n = 0;
	is_int(x86_walk(&m, 1ull << 40, count, &n), 0,
	       "tables outside of memory are empty");
	is_int(n, 0, "they map nothing");
	guest_region_unmap(&m.ram);
	guest_region_unmap(&m.area);
}

int main(void)
{
	ram = (struct guest_region){0, RAM, xcalloc(1, RAM)};
	test_good();
	test_bad();
	test_neighbours();
	test_every_cut();
	test_flips();
	test_addresses();
	test_page_tables();
	free(ram.host);
	return tap_done();
}
