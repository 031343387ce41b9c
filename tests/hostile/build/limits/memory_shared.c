// SPDX-License-Identifier: GPL-2.0-only
/* Takes shared memory without a file. */
#include "take.h"

int main(void)
{
	char *p = mmap(NULL, MUCH * MIB, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 2;
	memset(p, 1, MUCH * MIB);
	return taken();
}
