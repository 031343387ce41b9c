// SPDX-License-Identifier: GPL-2.0-only
/* Takes memory in many processes, a little in each. */
#include "take.h"

int main(void)
{
	for (int i = 0; i < MUCH / 20; i++)
		if (fork() == 0) {
			memset(malloc(20 * MIB), 1, 20 * MIB);
			sleep(20);
			_exit(0);
		}
	return taken();
}
