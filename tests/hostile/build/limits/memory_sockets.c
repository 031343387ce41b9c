// SPDX-License-Identifier: GPL-2.0-only
/* Takes memory in the buffers of socket pairs, each of which holds some 200 KiB. */
#include "take.h"
#include <sys/socket.h>

int main(void)
{
	static char text[32768];
	unsigned long size = 0;
	int pair[2];

	while (size < MUCH * MIB &&
	       socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0)
		for (int i = 0; i < 2; i++)
			while (send(pair[i], text, sizeof(text), 0) > 0)
				size += sizeof(text);
	printf("%lu MiB in sockets\n", size / MIB);
	return taken();
}
