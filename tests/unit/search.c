// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who points into a module that is gone? The guest is this process's own mapping of a
 * file of eight MiB: page tables, a kernel's image and slabs are written by hand.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "vm/search.h"

#include "fs.h"
#include "tap.h"

#define MIB (1ULL << 20)

/* Where the guest's kernel has what, */
#define TEXT	0xffffffff81000000ULL
#define DIRECT	0xffff888000000000ULL
#define VMEMMAP 0xffffea0000000000ULL
#define MODULE	0xffffffffc0000000ULL /* not mapped */
#define AGAIN	0xffffffffc0200000ULL /* mapped: something else is there now */

/* and where that is in its memory. */
enum {
	RAM_MIB = 8,
	PAGE = 4096,
	TABLES = 0x1000,
	IMAGE = 2 << 20,
	CACHES = 5 << 20, /* one for each page */
	SLABS = CACHES + 0x80000,
	PAGES = 6 << 20, /* struct page */
	OTHER = 7 << 20, /* where AGAIN leads to */
	DATA = 0x10000,	 /* in the image */
	BOOK = 0x18000,
	FREED = 0x1f000, /* a page of it that was given away */
	DATA_END = 0x20000,
};

enum { RESERVED = 1 << 14, SLAB = 1 << 9, TYPESAFE = 0x80000 };

static char *dir, *ram;
static struct lab_template template;
static struct vm vm = VM_INIT;
static struct proto_holder found[PROTO_MAX_HOLDERS];

static void put(uint64_t at, uint64_t value)
{
	memcpy(ram + at, &value, sizeof(value));
}

static uint64_t get(uint64_t at)
{
	uint64_t value;

	memcpy(&value, ram + at, sizeof(value));
	return value;
}

/* A page of two MiB; the tables on the way to it are made. */
static void map(uint64_t address, uint64_t physical)
{
	static uint64_t last = TABLES;
	uint64_t table = TABLES;

	for (unsigned int shift = 39; shift > 21; shift -= 9) {
		uint64_t entry = table + ((address >> shift) & 511) * 8;

		if (!get(entry))
			put(entry, (last += PAGE) | 1);
		table = get(entry) & ~4095ULL;
	}
	put(table + ((address >> 21) & 511) * 8, physical | 0x81);
}

static uint64_t page_at(uint64_t physical)
{
	return PAGES + physical / PAGE * 64;
}

/* The cache number @n, and a slab of it with two pages and objects of 64 bytes. */
static uint64_t make_slab(unsigned int n, const char *name, uint32_t flags, uint64_t ctor)
{
	uint64_t cache = CACHES + n * PAGE, slab = SLABS + n * 2 * PAGE;
	uint64_t head = page_at(slab);

	put(cache + 8, flags);
	put(cache + 16, 64 | 56ULL << 32);
	put(cache + 32, ctor);
	put(cache + 40, DIRECT + cache + 256);
	strcpy(ram + cache + 256, name);
	put(head, SLAB);
	put(head + 24, DIRECT + cache);
	put(head + 64 + 8, (VMEMMAP + (head - PAGES)) | 1);
	return slab;
}

static const struct proto_layout layout = {{
	[PROTO_DATA] = TEXT + DATA,  [PROTO_DATA_END] = TEXT + DATA_END,
	[PROTO_BOOKS] = TEXT + BOOK, [PROTO_BOOKS + 1] = TEXT + BOOK + 8,
	[PROTO_VMEMMAP] = TEXT,	     [PROTO_DIRECT] = TEXT + 8,
	[PROTO_PAGE_SIZE] = 64,	     [PROTO_PAGE_HEAD] = 8,
	[PROTO_PAGE_CACHE] = 24,     [PROTO_RESERVED] = RESERVED,
	[PROTO_SLAB_FLAG] = SLAB,    [PROTO_CACHE_FLAGS] = 8,
	[PROTO_CACHE_SIZE] = 16,     [PROTO_CACHE_OBJECT_SIZE] = 20,
	[PROTO_CACHE_PAD] = 24,	     [PROTO_CACHE_CTOR] = 32,
	[PROTO_CACHE_NAME] = 40,     [PROTO_CACHE_TYPESAFE] = TYPESAFE,
	[PROTO_NODE_ACTIVE] = 4,
}};

static bool make_guest(void)
{
	_cleanup_free_ char *path = xprintf("%s/" LAB_RAM_FILE, dir);
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	const uint64_t before = MODULE + 64;

	if (fd < 0 || ftruncate(fd, RAM_MIB * MIB) < 0)
		return false;
	template = (struct lab_template){
		.dir = dir,
		.memory_mib = RAM_MIB,
		.map = {.text = TEXT,
			.text_physical = IMAGE,
			.page_tables = TEXT - IMAGE + TABLES,
			.levels = 4},
		.layout = layout,
	};
	vm.pid = getpid();
	if (pwrite(fd, &before, sizeof(before), IMAGE + DATA + 64) != sizeof(before))
		return false;
	ram = mmap(NULL, RAM_MIB * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	return ram != MAP_FAILED;
}

/* The first of these is not mapped, the second one is. */
static const struct proto_range ranges[] = {{MODULE, 0x2000}, {AGAIN, 0x1000}};

static int look(void)
{
	memset(found, 0, sizeof(found));
	return search_pointers(&vm, &template, ranges, 2, found);
}

/* Is the word at @physical found when it has this value? It is cleared again. */
static bool finds(uint64_t physical, uint64_t value)
{
	int n;

	put(physical, value);
	n = look();
	put(physical, 0);
	return n == 1;
}

static void make_kernel(void)
{
	for (uint64_t at = 0; at < RAM_MIB * MIB; at += 2 * MIB)
		map(DIRECT + at, at);
	map(TEXT, IMAGE);
	map(VMEMMAP, PAGES);
	map(AGAIN, OTHER & ~(2 * MIB - 1));
	put(IMAGE, VMEMMAP);
	put(IMAGE + 8, DIRECT);
	for (uint64_t at = IMAGE; at < IMAGE + FREED; at += PAGE)
		put(page_at(at), RESERVED);
}

static void test_data(void)
{
	ok(finds(IMAGE + DATA, MODULE + 8), "a variable of the kernel's is found");
	is_int((long long)found[0].at, (long long)(TEXT + DATA), "its address");
	is_int((long long)found[0].offset, 8, "where it points");
	is_int(found[0].range, 0, "in which range");
	is_int((long long)found[0].object, 0, "it is no object");
	ok(finds(IMAGE + DATA, MODULE), "also the start of a range");
	ok(!finds(IMAGE + DATA, MODULE + 0x2000), "but not its end");
	ok(!finds(IMAGE + DATA_END, MODULE + 8), "what is not data is no variable");
	ok(!finds(IMAGE + BOOK, MODULE + 8), "nor is what keeps old addresses");
	ok(!finds(IMAGE + FREED, MODULE + 8), "nor a page that was given away");
	put(IMAGE + DATA + 64, MODULE + 64);
	is_int(look(), 0, "what the template had is no pointer");
	put(IMAGE + DATA + 64, 0);
}

static void test_objects(void)
{
	uint64_t slab = make_slab(0, "kmalloc-64", 0, 0);
	uint64_t safe = make_slab(1, "sighand_cache", TYPESAFE, 0);
	uint64_t made = make_slab(2, "inode_cache", 0, TEXT);
	uint64_t nodes = make_slab(3, "kernfs_node_cache", 0, 0);
	uint64_t odd = make_slab(4, "maple_node", 0, 0);

	ok(finds(slab + PAGE + 72, MODULE + 8), "an object is found");
	is_str(found[0].cache, "kmalloc-64", "its cache");
	is_int((long long)found[0].object, (long long)(DIRECT + slab + PAGE + 64),
	       "where it begins");
	is_int(found[0].size, 56, "its size");
	ok(!finds(slab + 72, MODULE),
	   "what shares out memory knows a range by its start");
	ok(!finds(slab + 64 + 56, MODULE + 8), "behind an object is none");
	ok(!finds(safe + 8, MODULE + 8), "what readers may still see is not zeroed");
	ok(!finds(made + 8, MODULE + 8), "nor is what a constructor made");
	ok(!finds(odd + 8, MODULE + 8), "bounds are no pointers");
	ok(finds(nodes + 8, MODULE + 8), "a node of /sys is found");
	put(nodes, 0x80000001ULL << 32);
	ok(!finds(nodes + 8, MODULE + 8), "unless it is removed");
	put(nodes, 0);
	ok(!finds(OTHER, MODULE + 8), "a page without an owner is none");
}

static void test_used_again(void)
{
	ok(!finds(IMAGE + DATA, AGAIN + 8), "what is mapped again is somebody else's");
	memset(ram + (OTHER & ~(2 * MIB - 1)), 0xcc, 64);
	ok(finds(IMAGE + DATA, AGAIN + 8), "unless it is filled with breakpoints");
	memset(ram + (OTHER & ~(2 * MIB - 1)), 0, 64);
}

/* A guest may hold whatever it likes. */
static void test_hostile(void)
{
	const struct proto_range all[] = {{0, UINT64_MAX}, {1, UINT64_MAX}};

	for (uint64_t at = 0; at < PAGE; at += 8)
		put(IMAGE + DATA + at, MODULE + 8);
	is_int(look(), PROTO_MAX_HOLDERS, "more than can be told are not");
	ok(search_pointers(&vm, &template, all, 2, found) >= 0, "endless ranges end");
	put(page_at(SLABS) + 64 + 8, UINT64_MAX);
	put(SLABS + PAGE, MODULE + 8);
	ok(look() >= 0, "a page may lead anywhere");
	put(TABLES + 273 * 8, TABLES | 1); /* of DIRECT */
	ok(look() >= 0, "tables may lead in circles");
	template.layout.at[PROTO_VMEMMAP] = 0;
	is_int(look(), -ENXIO, "an unknown kernel is not looked at");
}

int main(void)
{
	char name[] = "/tmp/kmlab-test-XXXXXX";

	dir = mkdtemp(name);
	if (!ok(dir && make_guest(), "a guest"))
		return tap_done();
	make_kernel();
	is_int(look(), 0, "nothing points to a module that never was");
	test_data();
	test_objects();
	test_used_again();
	test_hostile();
	fs_remove_tree(dir);
	return tap_done();
}
