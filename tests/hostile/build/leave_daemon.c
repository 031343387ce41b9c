// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leaves a process behind that ignores all signals and goes on writing. The test looks
 * for it after the build, by its name and by the file.
 */
#include "attack.h"
#include <signal.h>
#include <sys/prctl.h>

int main(void)
{
	for (int i = 0; i < 3; i++) {
		if (fork())
			continue;
		setsid();
		if (fork())
			_exit(0);
		for (int s = 1; s < 65; s++)
			signal(s, SIG_IGN);
		prctl(PR_SET_NAME, DAEMON_NAME);
		/* The caller waits for nobody who holds its pipes. */
		if (i == 1)
			for (int fd = 0; fd < 64; fd++)
				close(fd);
		for (;;) {
			int fd =
				open(SOURCE "/beat", O_WRONLY | O_CREAT | O_APPEND, 0644);

			(void)!write(fd, "x", 1);
			close(fd);
			usleep(10000);
		}
	}
	way(false, "a daemon");
	return attack_done();
}
