// SPDX-License-Identifier: GPL-2.0-only
/* Reaches a server on the host's loopback, and the world. */
#include "attack.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static bool reaches(int type, const char *address, unsigned short port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, type, 0);

	inet_pton(AF_INET, address, &to.sin_addr);
	return fd >= 0 && connect(fd, (void *)&to, sizeof(to)) == 0 &&
	       write(fd, "x", 1) == 1;
}

int main(void)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
				   .sin6_port = htons(TCP6_PORT)};
	struct sockaddr_in any = {.sin_family = AF_INET};
	int fd = socket(AF_INET6, SOCK_STREAM, 0), own = socket(AF_INET, SOCK_STREAM, 0);

	six.sin6_addr = in6addr_loopback;
	way(reaches(SOCK_STREAM, "127.0.0.1", TCP_PORT), "TCP");
	way(reaches(SOCK_DGRAM, "127.0.0.1", UDP_PORT), "UDP");
	way(connect(fd, (void *)&six, sizeof(six)) == 0, "TCP over IPv6");
	way(sendto(own, "x", 1, MSG_FASTOPEN, (void *)&any, sizeof(any)) > 0,
	    "TCP fast open");
	way(own >= 0, "a socket");
	way(bind(own, (void *)&any, sizeof(any)) == 0 && listen(own, 1) == 0, "a server");
	return attack_done();
}
