// SPDX-License-Identifier: GPL-2.0-only
/* Reads what is the host's: secrets, its top-level directories, kmlab's cache. */
#include "attack.h"
#include <dirent.h>

int main(void)
{
	static const char *const files[] = {"/etc/shadow",
					    "/etc/gshadow",
					    "/etc/ssh/ssh_host_rsa_key",
					    "/etc/hostname",
					    "/etc/machine-id",
					    "/etc/resolv.conf",
					    "/sys/kernel/notes",
					    "/sys/class/net",
					    "/boot",
					    "/run/systemd",
					    "/run/user",
					    "/run/dbus",
					    "/var/log",
					    "/var/lib",
					    "/var/run",
					    "/opt",
					    "/srv",
					    "/mnt",
					    "/media",
					    "/lost+found",
					    "/dev/shm",
					    "/dev/pts",
					    "/dev/mqueue",
					    CACHE "/kernels",
					    CACHE "/builds",
					    CACHE,
					    HOST_ONLY,
					    AREA "/secret"};
	static const char *const tops[] = {
		"bin",	 "dev",	   "etc",  "kmlab-src", "lib",	"lib32",
		"lib64", "libx32", "proc", "run",	"sbin", "tmp",
		"usr",	 ".",	   "..",   AREA_TOP,	NULL};
	DIR *dir = opendir("/");
	struct dirent *e;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		way(opens(files[i], O_RDONLY), "reading %s", files[i]);
	while (dir && (e = readdir(dir))) {
		const char *const *top = tops;

		while (*top && strcmp(*top, e->d_name))
			top++;
		way(!*top, "/%s", e->d_name);
	}
	return attack_done();
}
