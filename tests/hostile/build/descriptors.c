// SPDX-License-Identifier: GPL-2.0-only
/* Uses descriptors that the caller left open. */
#include "attack.h"
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void)
{
	char target[4096], path[64];
	struct stat st;

	/* make has a few of its own, for its job server; all lie in the box. */
	for (int fd = 0; fd < 1024; fd++) {
		ssize_t n;

		if (fstat(fd, &st) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		way(fd > 2 && !strstr(target, "pipe:") &&
			    strncmp(target, SOURCE, strlen(SOURCE)) &&
			    strncmp(target, "/tmp", 4) && strncmp(target, "/run", 4),
		    "descriptor %d: %s", fd, target);
		way(isatty(fd), "a terminal: %d", fd);
		way(S_ISDIR(st.st_mode) && strncmp(target, SOURCE, strlen(SOURCE)) &&
			    fchdir(fd) == 0,
		    "the directory %d: %s", fd, target);
		way(S_ISSOCK(st.st_mode), "a socket: %d", fd);
		way(strstr(target, SECRET), "the caller's file: %d", fd);
	}
	way(write(0, "x", 1) == 1 && stat("/dev/null", &st) == 0 &&
		    readlink("/proc/self/fd/0", target, sizeof(target)) > 0 &&
		    strncmp(target, "/dev/null", 9),
	    "writing to stdin");
	return attack_done();
}
