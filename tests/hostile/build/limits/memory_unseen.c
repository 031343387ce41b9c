// SPDX-License-Identifier: GPL-2.0-only
/* The same, taken out of the page tables again: no process seems to have it. */
#include "take.h"

int main(void)
{
	char *p = mmap(NULL, MUCH * MIB, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 2;
	for (unsigned long i = 0; i < MUCH; i += 10) {
		memset(p + i * MIB, 1, 10 * MIB);
		madvise(p + i * MIB, 10 * MIB, MADV_DONTNEED);
	}
	return taken();
}
