// SPDX-License-Identifier: GPL-2.0-only
/* Goes around the filter by io_uring, which makes system calls that no filter sees. */
#include "attack.h"

int main(void)
{
	unsigned int params[30] = {0};
	int fd = (int)syscall(425, 8, params);

	way(fd >= 0, "io_uring_setup");
	way(syscall(426, fd < 0 ? 0 : fd, 1, 0, 0, NULL, 0) == 0, "io_uring_enter");
	way(syscall(427, fd < 0 ? 0 : fd, 8, params, 1) >= 0, "io_uring_register");
	way(syscall(427, -1, 8, params, 1) >= 0, "io_uring_register without a ring");
	return attack_done();
}
