// SPDX-License-Identifier: GPL-2.0-only
/* Looks for memory shared with the caller, and writes where only the kernel may. */
#include "attack.h"

int main(void)
{
	char line[512];
	FILE *f = fopen("/proc/self/maps", "r");
	int fd;

	while (f && fgets(line, sizeof(line), f)) {
		way(strstr(line, "s 0") && strstr(line, "/dev/zero"), "a shared page: %s",
		    line);
		way(strstr(line, " rw-s"), "shared memory: %s", line);
	}
	/* The text of a library: a private copy, or it would be every process's. */
	fd = open("/proc/self/mem", O_RDWR);
	if (fd >= 0 && pwrite(fd, "\x90", 1, (off_t)(unsigned long)strlen) == 1) {
		int lib = open("/usr/bin/make", O_WRONLY);

		way(lib >= 0, "a shared text");
	}
	way(opens("/proc/self/clear_refs", O_WRONLY) &&
		    opens("/proc/1/clear_refs", O_WRONLY),
	    "clear_refs");
	return attack_done();
}
