// SPDX-License-Identifier: GPL-2.0-only
/* Reads the home directory, by its name and by others. */
#include "attack.h"
#include <dirent.h>
#include <pwd.h>

static bool lists(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n > 2;
}

int main(void)
{
	struct passwd *p = getpwuid(0);

	way(opens(HOME_DIR "/secret", O_RDONLY), "reading %s", HOME_DIR);
	way(lists(HOME_DIR), "listing %s", HOME_DIR);
	way(lists(REAL_HOME), "listing %s", REAL_HOME);
	way(lists("/home"), "listing /home");
	way(lists("/root"), "listing /root");
	way(p && lists(p->pw_dir), "root's home by passwd");
	way(opens("/proc/self/root" HOME_DIR "/secret", O_RDONLY), "/proc/self/root");
	way(opens(SOURCE "/../../home/secret", O_RDONLY), "..");
	way(strcmp(getenv("HOME") ? getenv("HOME") : "", HOME_DIR) == 0, "HOME");
	return attack_done();
}
