// SPDX-License-Identifier: GPL-2.0-only
/* Makes sockets of every family: each is much kernel code, some reach the host. */
#include "attack.h"
#include <sys/socket.h>

int main(void)
{
	int pair[2];

	for (int family = 0; family < 50; family++) {
		static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW,
					    SOCK_SEQPACKET};

		for (size_t i = 0; i < 4; i++) {
			way(socket(family, types[i], 0) >= 0, "family %d, type %d",
			    family, types[i]);
			way(socket(family, types[i] | SOCK_CLOEXEC, 1) >= 0,
			    "family %d, type %d, protocol 1", family, types[i]);
			if (family != AF_UNIX)
				way(socketpair(family, types[i], 0, pair) == 0,
				    "a pair of family %d", family);
		}
	}
	way(syscall(SYS_socket, 0x100000000UL | AF_UNIX, SOCK_STREAM, 0) >= 0,
	    "high bits");
	return attack_done();
}
