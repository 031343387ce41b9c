// SPDX-License-Identifier: GPL-2.0-only
/* Reaches the host's programs by their sockets: abstract, and files that are shown. */
#include "attack.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static bool reaches(int type, const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	socklen_t len =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	int fd = socket(AF_UNIX, type, 0);

	memcpy(to.sun_path, path, strlen(path));
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	return connect(fd, (void *)&to, len) == 0;
}

int main(void)
{
	char text[65536];
	FILE *f = fopen("/proc/net/unix", "r");

	way(reaches(SOCK_STREAM, "@" ABSTRACT), "the abstract socket");
	if (chdir(SOURCE) == 0) {
		way(reaches(SOCK_STREAM, "socket"), "the socket in the source");
		way(reaches(SOCK_DGRAM, "mailbox"), "the mailbox in the source");
		way(reaches(SOCK_STREAM, "../socket"), "the socket in the checkout");
	}
	if (chdir(SEEN) == 0)
		way(reaches(SOCK_STREAM, "socket"), "the socket that --see shows");
	if (chdir(AREA) == 0)
		way(reaches(SOCK_STREAM, "socket"),
		    "the socket in the scratch directory");
	way(reaches(SOCK_STREAM, "/run/dbus/system_bus_socket"), "D-Bus");
	way(reaches(SOCK_STREAM, "/run/systemd/private"), "systemd");
	way(reaches(SOCK_STREAM, "/var/run/docker.sock"), "docker");
	while (f && fgets(text, sizeof(text), f))
		way(strstr(text, ABSTRACT), "the list of sockets");
	return attack_done();
}
