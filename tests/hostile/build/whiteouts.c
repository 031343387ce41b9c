// SPDX-License-Identifier: GPL-2.0-only
/* Plays with whiteouts, by which overlayfs notes that a file is gone. */
#include "attack.h"
#include <sys/sysmacros.h>

int main(void)
{
	struct stat st;

	if (chdir(SOURCE) < 0)
		return 1;
	/* Device 0:0: what it leaves in upper must not be taken for a note. */
	way(mknod("whiteout", S_IFCHR | 0666, makedev(0, 0)) == 0 &&
		    lstat("whiteout", &st) == 0 && opens("whiteout", O_RDONLY),
	    "a device 0:0");
	way(syscall(SYS_renameat2, AT_FDCWD, "victim", AT_FDCWD, "gone", 4) == 0 &&
		    lstat("victim", &st) == 0 && opens("victim", O_RDONLY),
	    "RENAME_WHITEOUT");
	way(mknod("/tmp/whiteout", S_IFCHR, makedev(0, 0)) == 0 &&
		    opens("/tmp/whiteout", O_RDONLY),
	    "a device 0:0 in /tmp");
	way(unlink("../victim") == 0, "unlink in the checkout");
	way(unlink("hidden/../../victim") == 0, "the same by ..");
	return attack_done();
}
