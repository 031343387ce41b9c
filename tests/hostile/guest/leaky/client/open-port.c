// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens the agent's port a second time, by each of its names.
 *
 * expect:
 *	outcome=leak
 */
#include <glob.h>

#include "lie.h"

int main(void)
{
	static const struct proto_start none;
	glob_t found;

	unload();
	glob("/dev/vport*p1", 0, NULL, &found);
	glob("/proc/1/fd/*", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int fd = open(found.gl_pathv[i], O_RDWR | O_NONBLOCK);

		if (fd < 0)
			perror(found.gl_pathv[i]);
		else if (is_control(fd))
			lie(fd, &none, NULL, 0);
	}
	return 0;
}
