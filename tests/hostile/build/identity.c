// SPDX-License-Identifier: GPL-2.0-only
/* Becomes another user or group, by a call or by a map of its own. */
#include "attack.h"
#include <grp.h>
#include <sys/fsuid.h>

int main(void)
{
	static const char *const files[] = {"uid_map", "gid_map", "setgroups",
					    "projid_map"};
	gid_t groups[] = {0, 4, 6, 27};
	char path[64];

	way(getuid() == 0 || geteuid() == 0, "being root");
	way(setuid(0) == 0 || seteuid(0) == 0 || setresuid(0, 0, 0) == 0, "setuid");
	way(setgid(0) == 0 || setegid(0) == 0 || setresgid(0, 0, 0) == 0, "setgid");
	way(setgroups(4, groups) == 0, "setgroups");
	way(getgroups(0, NULL) > 1, "groups of the caller's");
	setfsuid(0);
	way(setfsuid((uid_t)-1) == 0, "setfsuid");
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/self/%s", files[i]);
		fd = open(path, O_WRONLY);
		way(fd >= 0 && write(fd, "0 0 1", 5) > 0, "%s", path);
	}
	way(opens("/proc/self/loginuid", O_WRONLY), "loginuid");
	way(chown(SOURCE "/Kbuild", 0, 0) == 0, "chown to root");
	way(setuid(65534) == 0, "setuid to nobody");
	return attack_done();
}
