/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests in C share. */
#ifndef PHYSMEM_TESTS_H
#define PHYSMEM_TESTS_H

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
#include "uapi/physmem.h"

#define DEVICE "/dev/physmem"
#define PAGE   4096ul
#define HUGE   (512 * PAGE)

static int device;

/* Each returns 0 or the errno. */
static inline int translate(const volatile void *virt, uint64_t *phys)
{
	struct physmem_address a = {.virt = (uintptr_t)virt};

	*phys = 0;
	if (ioctl(device, PHYSMEM_TRANSLATE, &a))
		return errno;
	*phys = a.phys;
	return 0;
}

static inline int read_byte(uint64_t phys, uint8_t *value)
{
	struct physmem_byte b = {.phys = phys};

	if (ioctl(device, PHYSMEM_READ, &b))
		return errno;
	*value = b.value;
	return 0;
}

static inline int write_byte(uint64_t phys, uint8_t value)
{
	struct physmem_byte b = {.phys = phys, .value = value};

	return ioctl(device, PHYSMEM_WRITE, &b) ? errno : 0;
}

/* By /proc/self/pagemap; 0: not there. */
static inline uint64_t pagemap(const volatile void *virt)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry = 0;

	(void)!pread(fd, &entry, 8, (off_t)((uintptr_t)virt / PAGE * 8));
	close(fd);
	return entry >> 63 ? (entry & ((1ull << 55) - 1)) * PAGE + (uintptr_t)virt % PAGE
			   : 0;
}

static inline char *map(size_t size, int flags)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Addresses at which something is that must not be touched, or nothing. */
static const uint64_t odd_addresses[] = {
	0xa0000,
	0xc0000,
	0xfee00000,
	0xfec00000,
	0xfffffff0,
	1ull << 40,
	1ull << 45,
	(1ull << 46) - 1,
	1ull << 51,
	(1ull << 52) - 4096,
	1ull << 52,
	1ull << 60,
	~0ull,
	~0ull - 4095,
	0x8000000000000000,
	0x123456789abcdef0,
};

enum { ODD = sizeof(odd_addresses) / sizeof(odd_addresses[0]) };

#endif
