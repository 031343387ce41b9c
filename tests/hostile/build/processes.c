// SPDX-License-Identifier: GPL-2.0-only
/* Sees and reads processes that are not of the box. */
#include "attack.h"
#include <dirent.h>

static bool has_secret(const char *pid, const char *what)
{
	char path[300], text[65536];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, what);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text));
	close(fd);
	return n > 0 && memmem(text, (size_t)n, SECRET, strlen(SECRET));
}

int main(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	char path[64];

	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] < '0' || e->d_name[0] > '9')
			continue;
		way(has_secret(e->d_name, "cmdline"), "the command line of %s",
		    e->d_name);
		way(has_secret(e->d_name, "environ"), "the environment of %s", e->d_name);
	}
	snprintf(path, sizeof(path), "%d", VICTIM_PID);
	way(has_secret(path, "cmdline"), "the victim's command line");
	way(has_secret(path, "environ"), "the victim's environment");
	way(has_secret("1", "environ"), "the warden's environment");
	return attack_done();
}
