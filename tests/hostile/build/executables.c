// SPDX-License-Identifier: GPL-2.0-only
/* Overwrites programs that run outside: kmlab itself by /proc/PID/exe, as with runc. */
#include "attack.h"

int main(void)
{
	char target[4096], path[64];

	for (int pid = 1; pid < 200; pid++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%d/exe", pid);
		n = readlink(path, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		way(n > 0 && strstr(target, "kmlab") &&
			    strncmp(target, SOURCE, strlen(SOURCE)) &&
			    strncmp(target, "/tmp", 4) &&
			    strncmp(target, "/kmlab-src", 10) &&
			    strncmp(target, "/run", 4),
		    "seeing %s", target);
		way(n > 0 && strncmp(target, SOURCE, strlen(SOURCE)) &&
			    strncmp(target, "/tmp", 4) && strncmp(target, "/run", 4) &&
			    opens(path, O_WRONLY),
		    "writing %s", target);
		way(n > 0 && !strncmp(target, "/usr", 4) && open(path, O_RDWR) >= 0,
		    "writing %s", target);
	}
	way(opens("/proc/1/exe", O_RDONLY), "reading kmlab");
	way(opens(KMLAB_PROGRAM, O_RDONLY), "reading kmlab by name");
	way(opens(KMLAB_PROGRAM, O_WRONLY), "writing kmlab by name");
	return attack_done();
}
