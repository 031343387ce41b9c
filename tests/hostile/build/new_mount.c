// SPDX-License-Identifier: GPL-2.0-only
/* Mounts something new, the old way. */
#include "attack.h"
#include <sys/mount.h>

int main(void)
{
	static const char *const types[] = {"tmpfs",   "proc",	      "sysfs",
					    "devpts",  "mqueue",      "ramfs",
					    "cgroup2", "binfmt_misc", "debugfs"};

	mkdir("/tmp/at", 0755);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		way(mount("none", "/tmp/at", types[i], 0, NULL) == 0, "mount of %s",
		    types[i]);
	way(mount("none", "/tmp/at", "overlay", 0,
		  "lowerdir=/usr,upperdir=/tmp,workdir=/run") == 0,
	    "an overlay");
	way(mount("/usr", "/tmp/at", NULL, MS_BIND, NULL) == 0, "bind of /usr");
	way(mount("/", "/tmp/at", NULL, MS_BIND | MS_REC, NULL) == 0, "bind of /");
	way(mount("/tmp/at", "/usr", NULL, MS_MOVE, NULL) == 0, "move onto /usr");
	return attack_done();
}
