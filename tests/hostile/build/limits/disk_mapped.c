// SPDX-License-Identifier: GPL-2.0-only
/* Fills the disk with files that have no name and are not open, only mapped. */
#include "take.h"
#include <fcntl.h>

int main(void)
{
	for (int i = 0; i < 10; i++) {
		int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0644);

		unlink("file");
		if (posix_fallocate(fd, 0, 30 * MIB) ||
		    mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
			return 1;
		close(fd);
	}
	return taken();
}
