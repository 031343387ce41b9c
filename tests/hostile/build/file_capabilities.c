// SPDX-License-Identifier: GPL-2.0-only
/* Leaves a program with capabilities, or other trusted attributes, in the cache. */
#include "attack.h"
#include <linux/capability.h>
#include <sys/xattr.h>

int main(void)
{
	struct vfs_ns_cap_data cap = {.magic_etc = VFS_CAP_REVISION_3 |
						   VFS_CAP_FLAGS_EFFECTIVE,
				      .data = {{~0U, 0}, {~0U, 0}}};
	static const char *const names[] = {"security.ima",
					    "security.evm",
					    "trusted.x",
					    "trusted.overlay.opaque",
					    "trusted.overlay.redirect",
					    "security.apparmor"};
	static const char *const places[] = {SOURCE "/program", "/tmp/program"};

	for (int p = 0; p < 2; p++) {
		int fd = open(places[p], O_RDWR | O_CREAT, 0755);

		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			way(setxattr(places[p], names[i], "y", 1, 0) == 0, "%s",
			    names[i]);
		way(setxattr(places[p], "security.capability", &cap, sizeof(cap), 0) == 0,
		    "capabilities of a namespace");
		way(fsetxattr(fd, "security.capability", &cap, sizeof(cap), 0) == 0,
		    "fsetxattr");
		cap.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
		way(setxattr(places[p], "security.capability", &cap, XATTR_CAPS_SZ_2,
			     0) == 0,
		    "capabilities");
		unlink(places[p]);
	}
	return attack_done();
}
