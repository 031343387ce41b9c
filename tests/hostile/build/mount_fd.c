// SPDX-License-Identifier: GPL-2.0-only
/* Mounts something new by the system calls of Linux 5.2 and later. */
#include "attack.h"

int main(void)
{
	unsigned long attr[4] = {0, 1, 0, 0}; /* clear MOUNT_ATTR_RDONLY */
	char unused[64] = "";

	way(syscall(430, "tmpfs", 0) >= 0, "fsopen");
	way(syscall(428, AT_FDCWD, "/usr", 1) >= 0, "open_tree");
	way(syscall(428, AT_FDCWD, "/usr", 0) >= 0, "open_tree of a path");
	way(syscall(467, AT_FDCWD, "/usr", 1, attr, sizeof(attr)) >= 0, "open_tree_attr");
	way(syscall(433, AT_FDCWD, "/usr", 0) >= 0, "fspick");
	way(syscall(429, AT_FDCWD, "/usr", AT_FDCWD, "/tmp", 0) == 0, "move_mount");
	way(syscall(442, AT_FDCWD, "/usr/bin", 0, attr, sizeof(attr)) == 0,
	    "mount_setattr");
	way(syscall(442, AT_FDCWD, "/", 0x8000, attr, sizeof(attr)) == 0,
	    "mount_setattr of all");
	way(syscall(432, 0, 0, 0) >= 0, "fsmount");
	way(syscall(431, 0, 6, NULL, NULL, 0) >= 0, "fsconfig");
	(void)unused;
	return attack_done();
}
