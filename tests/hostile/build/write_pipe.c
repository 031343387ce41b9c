// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes into a named pipe of the host's that lies in a tree that is shown. A read-only
 * mount does not forbid that: what reads it outside would take it for its friend's.
 */
#include "attack.h"

int main(void)
{
	static const char *const pipes[] = {CHECKOUT "/pipe", CHECKOUT "/.git/pipe",
					    SEEN "/pipe", SOURCE "/pipe",
					    SOURCE "/below/pipe"};

	for (size_t i = 0; i < sizeof(pipes) / sizeof(*pipes); i++) {
		int fd = open(pipes[i], O_WRONLY | O_NONBLOCK);

		way(fd >= 0 && write(fd, "attack\n", 7) == 7, "pipe %s", pipes[i]);
		/* For both it opens always, a pipe of its own in the box: whether the
		 * host's has got something is seen outside. */
		fd = open(pipes[i], O_RDWR | O_NONBLOCK);
		if (fd >= 0)
			(void)!write(fd, "attack\n", 7);
	}
	return attack_done();
}
