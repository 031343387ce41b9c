// SPDX-License-Identifier: GPL-2.0-only
/* Gains rights by a program of the build root that has a set-id bit, or by its own. */
#include "attack.h"
#include <sys/statvfs.h>

static void one(const char *path)
{
	char line[128] = "";
	FILE *p;

	if (access(path, X_OK) < 0)
		return;
	snprintf(line, sizeof(line),
		 "%s --help >/dev/null 2>&1; grep -h ^Cap /proc/self/status", path);
	p = popen(line, "r");
	while (p && fgets(line, sizeof(line), p))
		way(strtoull(strchr(line, ':') + 1, NULL, 16), "%s", path);
}

int main(void)
{
	static const char *const places[] = {"/",    "/usr/bin", "/usr/lib", "/etc",
					     "/tmp", "/run",	 SOURCE,     CHECKOUT,
					     SEEN,   "/proc"};
	struct statvfs vfs;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		way(statvfs(places[i], &vfs) < 0 || !(vfs.f_flag & ST_NOSUID) ||
			    !(vfs.f_flag & ST_NODEV),
		    "%s, where set-id bits or devices count", places[i]);
	one("/usr/bin/su");
	one("/usr/bin/mount");
	one("/usr/bin/passwd");
	one("/usr/bin/newgrp");
	one("/usr/bin/sudo");
	return attack_done();
}
