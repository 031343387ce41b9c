// SPDX-License-Identifier: GPL-2.0-only
/* Fills the disk with files that have no name any more. */
#include "take.h"
#include <fcntl.h>

int main(void)
{
	static char text[1 << 20];

	for (int i = 0; i < 20; i++) {
		int fd = open("file", O_WRONLY | O_CREAT | O_EXCL, 0644);

		unlink("file");
		for (int k = 0; k < 15; k++)
			(void)!write(fd, text, sizeof(text));
	}
	return taken();
}
