// SPDX-License-Identifier: GPL-2.0-only
/* Takes from process 1, which counts, the right to open files. */
#include "take.h"
#include <sys/resource.h>

int main(void)
{
	struct rlimit none = {1, 1};

	prlimit(1, RLIMIT_NOFILE, &none, NULL);
	for (int i = 0; i < MUCH / 20; i++)
		if (fork() == 0) {
			memset(malloc(20 * MIB), 1, 20 * MIB);
			sleep(20);
			_exit(0);
		}
	return taken();
}
