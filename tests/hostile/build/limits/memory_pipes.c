// SPDX-License-Identifier: GPL-2.0-only
/* Takes memory in the buffers of pipes. */
#include "take.h"
#include <fcntl.h>

int main(void)
{
	unsigned long size = 0;
	static char page[4096];

	for (int i = 0; i < 60 && size < MUCH * MIB; i++) {
		int ready[2], full[2];
		unsigned long own = 0;

		if (pipe(ready) < 0)
			return 2;
		if (fork() == 0) {
			while (pipe2(full, O_NONBLOCK) == 0)
				while (write(full[1], page, sizeof(page)) > 0)
					own += sizeof(page);
			(void)!write(ready[1], &own, sizeof(own));
			sleep(20);
			_exit(0);
		}
		(void)!read(ready[0], &own, sizeof(own));
		size += own;
		close(ready[0]);
		close(ready[1]);
	}
	printf("%lu MiB in pipes\n", size / MIB);
	return taken();
}
