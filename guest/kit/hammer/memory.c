// SPDX-License-Identifier: GPL-2.0-only
/* Buffers that notice when too much is written, and pointers that are wrong. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hammer.h"

static __thread char *arena;	 /* ROOM bytes */
static __thread char *read_only; /* one page */
static __thread uint64_t state = 1;

void memory_prepare(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *all = mmap(NULL, ROOM + 4 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);

	if (all == MAP_FAILED || mprotect(all + page, ROOM, PROT_READ | PROT_WRITE) < 0 ||
	    mprotect(all + ROOM + 2 * page, page, PROT_READ) < 0)
		_exit(1);
	arena = all + page;
	read_only = arena + ROOM + page;
}

struct place whole(void)
{
	return (struct place){"buf", arena};
}

struct place tail(size_t n)
{
	return (struct place){"the end of mapped memory", arena + ROOM - n};
}

/* ---- wrong pointers ---- */

static const struct {
	const char *name;
	uint64_t at;
} addresses[] = {
	{"NULL", 0},
	{"0x1", 1},
	{"the last byte of memory", UINT64_MAX},
	{"a non-canonical address", 0x8000000000000000},
	{"the first address behind user space", 0x7ffffffff000},
	{"a kernel address", 0xffff800000001000},
	{"the kernel's code", 0xffffffff81000000},
};

#define N_ADDRESSES (sizeof(addresses) / sizeof(*addresses))

const unsigned int n_bad_places = N_ADDRESSES + 2;

struct bad_place bad_place(unsigned int i)
{
	struct bad_place bad = {.place = {"unmapped memory", arena + ROOM}};

	if (i < N_ADDRESSES)
		bad.place = (struct place){addresses[i].name,
					   (void *)(uintptr_t)addresses[i].at};
	else if (i == N_ADDRESSES)
		bad = (struct bad_place){{"read-only memory", read_only}, true};
	return bad;
}

/* ---- chance ---- */

void chance_seed(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15 + 1;
	chance();
}

uint64_t chance(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1d;
}

unsigned int chance_below(unsigned int n)
{
	return (unsigned int)(chance() >> 33) % n;
}

/* ---- patterns ---- */

static unsigned char pattern_byte(uint64_t number, size_t i)
{
	uint64_t x = (number + i / 8) * 0x9e3779b97f4a7c15;

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9;
	return (unsigned char)(x >> 8 * (i % 8));
}

void pattern(void *at, size_t n, uint64_t number)
{
	for (size_t i = 0; i < n; i++)
		((unsigned char *)at)[i] = pattern_byte(number, i);
}

bool is_pattern(const void *at, size_t n, uint64_t number, size_t offset)
{
	for (size_t i = 0; i < n; i++)
		if (((const unsigned char *)at)[i] != pattern_byte(number, offset + i))
			return false;
	return true;
}
