// SPDX-License-Identifier: GPL-2.0-only
/* Takes memory for page tables only: of the page of zeroes, here and there. */
#include "take.h"

int main(void)
{
	unsigned long n = MUCH * 256; /* a page of page table for each 2 MiB */
	volatile char *p = mmap(NULL, n * 2 * MIB, PROT_READ,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return 2;
	madvise((void *)p, n * 2 * MIB, MADV_NOHUGEPAGE);
	for (unsigned long i = 0; i < n; i++)
		(void)p[i * 2 * MIB];
	return taken();
}
