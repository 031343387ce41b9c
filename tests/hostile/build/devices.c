// SPDX-License-Identifier: GPL-2.0-only
/* Opens devices, by the names that the host has them under. */
#include "attack.h"
#include <dirent.h>

int main(void)
{
	static const char *const names[] = {
		"mem",		 "kmem",	"port",		  "kmsg",
		"kvm",		 "tty",		"console",	  "tty0",
		"tty1",		 "ptmx",	"pts/0",	  "pts/ptmx",
		"sda",		 "vda",		"nvme0n1",	  "loop-control",
		"loop0",	 "fuse",	"net/tun",	  "vhost-vsock",
		"vhost-net",	 "vsock",	"mapper/control", "hpet",
		"rtc0",		 "userfaultfd", "uinput",	  "input/event0",
		"snapshot",	 "cpu/0/msr",	"dri/card0",	  "autofs",
		"btrfs-control", "vfio/vfio",	"watchdog",	  "nvram",
		"random/../mem"};
	static const char *const ours[] = {"null",    "zero", "full",  "random",
					   "urandom", "fd",   "stdin", "stdout",
					   "stderr",  ".",    "..",    NULL};
	DIR *dir = opendir("/dev");
	struct dirent *e;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/dev/%s", names[i]);
		way(opens(path, O_RDONLY), "reading %s", path);
		way(opens(path, O_RDWR), "writing %s", path);
	}
	while (dir && (e = readdir(dir))) {
		const char *const *our = ours;

		while (*our && strcmp(*our, e->d_name))
			our++;
		way(!*our, "/dev/%s", e->d_name);
	}
	return attack_done();
}
