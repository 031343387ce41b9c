// SPDX-License-Identifier: GPL-2.0-only
/* Fills the disk with files that have no name any more, each of which is little, and a
 * second apart: what was counted once has to be counted again. */
#include "take.h"
#include <fcntl.h>

int main(void)
{
	static char text[1 << 20];

	for (int i = 0; i < 8; i++) {
		int fd = open("file", O_WRONLY | O_CREAT | O_EXCL, 0644);

		unlink("file");
		for (int k = 0; k < 8; k++)
			(void)!write(fd, text, sizeof(text));
		sleep(2);
	}
	return taken();
}
