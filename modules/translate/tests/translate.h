/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests in C share: asking the device, and asking /proc/PID/pagemap. */
#ifndef TRANSLATE_TESTS_H
#define TRANSLATE_TESTS_H

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "ktest.h"
#include "uapi/translate.h"

#define DEVICE "/dev/translate"
#define PAGE   4096ul
#define HUGE   (512 * PAGE)

/* Of /proc/PID/pagemap. */
#define MAP_PRESENT (1ull << 63)
#define MAP_SWAPPED (1ull << 62)
#define MAP_FILE    (1ull << 61)
#define MAP_FRAME   ((1ull << 55) - 1)

static int device;

/* 0 or the errno. */
static inline int ask(int pid, const void *start, uint64_t pages, uint64_t *words)
{
	struct translate_range range = {pid, 0, (uintptr_t)start, pages,
					(uintptr_t)words};

	if (ioctl(device, TRANSLATE_RANGE, &range))
		return errno;
	return range.pages == pages ? 0 : EINTR;
}

/* About this process; 0 where it failed. */
static inline uint64_t word_at(const void *address)
{
	uint64_t word = 0;

	return ask(0, address, 1, &word) ? 0 : word;
}

static inline void pagemap(int pid, const void *start, size_t pages, uint64_t *entries)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), pid ? "/proc/%d/pagemap" : "/proc/self/pagemap",
		 pid);
	memset(entries, 0, pages * sizeof(*entries));
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	(void)!pread(fd, entries, pages * sizeof(*entries),
		     (off_t)((uintptr_t)start / PAGE * sizeof(*entries)));
	close(fd);
}

static inline uint64_t pagemap_at(const void *address)
{
	uint64_t entry;

	pagemap(0, address, 1, &entry);
	return entry;
}

/* Do the two say the same? What pagemap has in swap may be on its way, for us. */
static inline bool agree(uint64_t word, uint64_t entry)
{
	switch (word & TRANSLATE_STATE) {
	case TRANSLATE_PRESENT:
		if (word & TRANSLATE_PFNMAP) /* pagemap passes such mappings over */
			return !(entry & MAP_PRESENT);
		return entry & MAP_PRESENT &&
		       (word & TRANSLATE_ADDRESS) / PAGE == (entry & MAP_FRAME) &&
		       !(word & TRANSLATE_FILE) == !(entry & MAP_FILE);
	case TRANSLATE_SWAPPED:
	case TRANSLATE_MOVING:
		return entry & MAP_SWAPPED;
	default:
		return !(entry & (MAP_PRESENT | MAP_SWAPPED));
	}
}

static inline void *map(size_t size, int protection, int flags)
{
	void *p =
		mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Beginning at a multiple of 2 MiB. */
static inline char *map_huge(size_t size)
{
	char *p = map(size + HUGE, PROT_READ | PROT_WRITE, 0);

	return (char *)(((uintptr_t)p + HUGE - 1) / HUGE * HUGE);
}

/* The flags that must be as given; all others are free. */
static inline bool is(uint64_t word, unsigned int state, uint64_t set, uint64_t unset)
{
	return (word & TRANSLATE_STATE) == state && (word & set) == set &&
	       !(word & unset);
}

#endif
