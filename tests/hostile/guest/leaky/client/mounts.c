// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts empty folders over all that the agent looks at.
 *
 * expect:
 *	outcome=leak
 */
#include <stdio.h>
#include <sys/mount.h>

int main(void)
{
	static const char *const places[] = {"/sys/module", "/sys", "/dev", "/proc"};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (mount("none", places[i], "tmpfs", 0, NULL) < 0)
			perror(places[i]);
	return 0;
}
