// SPDX-License-Identifier: GPL-2.0-only
/* Takes memory in one process. */
#include "take.h"

int main(void)
{
	for (int i = 0; i < MUCH; i++) {
		void *p = malloc(MIB);

		if (!p) {
			fputs("out of memory\n", stderr);
			return 1;
		}
		memset(p, 1, MIB);
	}
	return taken();
}
