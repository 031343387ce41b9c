// SPDX-License-Identifier: GPL-2.0-only
/* Writes to the checkout around the source, and to a directory shown by --see. */
#include "attack.h"
#include <sys/file.h>
#include <sys/xattr.h>

static void one(const char *dir)
{
	char file[4096], other[4096];
	struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};

	snprintf(file, sizeof(file), "%s/victim", dir);
	snprintf(other, sizeof(other), "%s/attack", dir);
	way(opens(file, O_WRONLY | O_APPEND), "writing %s", file);
	way(truncate(file, 0) == 0, "truncating %s", file);
	way(chmod(file, 0777) == 0, "chmod of %s", file);
	way(chown(file, (uid_t)-1, (gid_t)-1) == 0, "chown of %s", file);
	way(utimensat(AT_FDCWD, file, now, 0) == 0, "touching %s", file);
	way(setxattr(file, "user.x", "x", 1, 0) == 0, "setxattr of %s", file);
	way(rename(file, other) == 0, "rename of %s", file);
	way(unlink(file) == 0, "unlink of %s", file);
	way(link(file, other) == 0, "link %s", other);
	way(opens(other, O_WRONLY | O_CREAT), "making %s", other);
	way(mkdir(other, 0755) == 0, "mkdir %s", other);
	way(mknod(other, S_IFIFO | 0644, 0) == 0, "a pipe %s", other);
	way(chmod(dir, 0777) == 0, "chmod of %s", dir);
	way(syscall(SYS_fallocate, open(file, O_RDONLY), 3, 0, 4096) == 0, "a hole");
}

int main(void)
{
	one(CHECKOUT);
	one(SEEN);
	one(CHECKOUT "/.git");
	one(SOURCE "/..");
	way(rename(SOURCE, CHECKOUT "/moved") == 0, "moving the source");
	way(rmdir(CHECKOUT "/include") == 0, "rmdir of a neighbour");
	return attack_done();
}
