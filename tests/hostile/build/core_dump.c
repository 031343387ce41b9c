// SPDX-License-Identifier: GPL-2.0-only
/*
 * Crashes, so that the program which core_pattern names runs outside, as root, on the
 * crashed one's behalf. A limit of 0 does not stop that, since it counts for files only;
 * 1 does, see do_coredump() in the kernel.
 */
#include "attack.h"
#include <sys/resource.h>

int main(void)
{
	struct rlimit now;

	way(getrlimit(RLIMIT_CORE, &now) < 0 || now.rlim_max > 1, "a file");
	way(now.rlim_cur != 1, "a helper, with a limit of %d", (int)now.rlim_cur);
	now.rlim_cur = 0;
	setrlimit(RLIMIT_CORE, &now);
	getrlimit(RLIMIT_CORE, &now);
	way(now.rlim_cur != 1, "a helper, after setrlimit");
	now = (struct rlimit){0, 0};
	syscall(SYS_prlimit64, 0, RLIMIT_CORE, &now, NULL);
	getrlimit(RLIMIT_CORE, &now);
	way(now.rlim_cur != 1, "a helper, after prlimit");
	return attack_done();
}
