// SPDX-License-Identifier: GPL-2.0-only
/* Changes what lies over the hidden files of /proc: that is the host's /dev/null. */
#include "attack.h"

int main(void)
{
	static const char *const masked[] = {"/proc/keys", "/proc/key-users",
					     "/proc/1/cmdline", "/dev/null", "/dev/zero"};

	for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++) {
		way(chmod(masked[i], 0666) == 0, "chmod of %s", masked[i]);
		way(utimensat(AT_FDCWD, masked[i], NULL, 0) == 0, "time of %s",
		    masked[i]);
	}
	return attack_done();
}
