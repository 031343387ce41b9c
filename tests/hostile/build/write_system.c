// SPDX-License-Identifier: GPL-2.0-only
/* Writes to the build root, which all later builds use, and to / itself. */
#include "attack.h"
#include <sys/time.h>
#include <sys/xattr.h>

int main(void)
{
	static const char *const files[] = {"/usr/bin/gcc", "/usr/bin/make",
					    "/bin/sh",	    "/usr/bin/ld",
					    "/etc/passwd",  "/dev/null/x"};
	static const char *const dirs[] = {"/",
					   "/usr",
					   "/usr/bin",
					   "/usr/lib",
					   "/usr/src",
					   "/etc",
					   "/dev",
					   "/proc",
					   "/usr/local",
					   "/usr/lib/modules",
					   "/usr/include",
					   "/kmlab-src"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const char *f = files[i];

		way(opens(f, O_WRONLY), "writing %s", f);
		way(opens(f, O_RDWR), "read and write of %s", f);
		way(truncate(f, 0) == 0, "truncating %s", f);
		way(chmod(f, 0777) == 0, "chmod of %s", f);
		way(utimes(f, NULL) == 0, "touching %s", f);
		way(unlink(f) == 0, "unlink of %s", f);
		way(rename(f, "/usr/bin/moved") == 0, "rename of %s", f);
		way(setxattr(f, "user.x", "x", 1, 0) == 0, "setxattr of %s", f);
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/attack", dirs[i]);
		way(opens(path, O_WRONLY | O_CREAT), "making %s", path);
		way(mkdir(path, 0755) == 0, "mkdir %s", path);
		way(symlink("x", path) == 0, "symlink %s", path);
		way(open(dirs[i], O_TMPFILE | O_WRONLY, 0644) >= 0,
		    "a file without name in %s", dirs[i]);
		way(chmod(dirs[i], 0777) == 0, "chmod of %s", dirs[i]);
	}
	return attack_done();
}
