// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory; see memory.h. */
#include <errno.h>
#include <sys/mman.h>

#include "memory.h"

static void *in_region(const struct guest_region *r, uint64_t at, uint64_t len)
{
	/* Written so that no sum can wrap: at - base is only used when at >= base. */
	if (!r->size || at < r->base || at - r->base > r->size)
		return NULL;
	return len <= r->size - (at - r->base) ? r->host + (at - r->base) : NULL;
}

void *guest_memory_at(const struct guest_memory *m, gpa_t gpa, uint64_t len)
{
	void *p = in_region(&m->ram, gpa.at, len);

	return p ? p : in_region(&m->area, gpa.at, len);
}

int guest_region_map(struct guest_region *r, uint64_t base, uint64_t size, int low)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (low ? MAP_32BIT : 0);
	void *host = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (host == MAP_FAILED)
		return -errno;
	*r = (struct guest_region){base, size, host};
	return 0;
}

void guest_region_unmap(struct guest_region *r)
{
	if (r->host)
		munmap(r->host, r->size);
	*r = (struct guest_region){0};
}
