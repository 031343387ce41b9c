// SPDX-License-Identifier: GPL-2.0-only
/* Where the files of packages go, and which are left out; see deb.h. */
#include <fnmatch.h>
#include <string.h>

#include "deb.h"

#define MODULE_DIR "lib/modules/"
#define KBUILD_DIR "usr/lib/linux-kbuild-"
#define KBUILD_SRC "usr/src/linux-kbuild-"

/*
 * What is left out of usr/: no build of a module or of a small test program reads it, and
 * it is half of all bytes. The link-time optimizer's two parts are as big as the
 * compiler, and none of Debian's kernels uses it. A '*' matches slashes, too.
 */
static const char *const left_out[] = {"usr/share/*",
				       "usr/games/*",
				       "*/gconv/*",
				       "*/lto1",
				       "*lto-dump-*",
				       "*gprofng*",
				       "*/lib?san.a",
				       "*/libhwasan.a",
				       "*/libasan*.o",
				       "*/libubsan.a",
				       "usr/include/*-linux-gnu*/*",
				       NULL};
static const char *const kept[] = {"usr/include/x86_64-linux-gnu/*", "usr/share/perl/*",
				   NULL};

/*
 * What is left out of the headers: other architectures, and the thousands of empty files
 * that only tell the kernel's own build which option has changed (fixdep names them in
 * $(wildcard), so they may be missing).
 */
static const char *const headers_left_out[] = {"usr/src/linux-headers-*/arch/*/*",
					       "usr/src/linux-headers-*/include/config/*",
					       NULL};
static const char *const headers_kept[] = {
	"usr/src/linux-headers-*/arch/x86/*", "*/include/config/auto.conf*",
	"*/include/config/*.release", "*/include/config/*.conf", NULL};

static bool matches(const char *const *patterns, const char *path)
{
	for (; *patterns; patterns++)
		if (fnmatch(*patterns, path, 0) == 0)
			return true;
	return false;
}

static char *map_root(const char *path)
{
	static const char *const merged[] = {"bin/",   "sbin/",	  "lib/", "lib64/",
					     "lib32/", "libx32/", NULL};

	for (int i = 0; merged[i]; i++)
		if (str_starts(path, merged[i]))
			return xprintf("usr/%s", path);
	if (str_starts(path, "etc/"))
		return xstrdup(path);
	if (!str_starts(path, "usr/") ||
	    (matches(left_out, path) && !matches(kept, path)))
		return NULL;
	return xstrdup(path);
}

/*
 * linux-kbuild-X lies in usr/lib with a symlink in usr/src. Here it moves into usr/src,
 * so that one directory bound at /usr/src is all a build needs of the kernel.
 */
static char *map_kernel(const char *path)
{
	if (str_starts(path, "boot/") || str_starts(path, MODULE_DIR))
		return xstrdup(path);
	if (str_starts(path, "usr/" MODULE_DIR))
		return xstrdup(path + strlen("usr/"));
	if (str_starts(path, KBUILD_DIR))
		return xprintf(KBUILD_SRC "%s", path + strlen(KBUILD_DIR));
	if (str_starts(path, KBUILD_SRC))
		return NULL;
	if (!str_starts(path, "usr/src/") ||
	    (matches(headers_left_out, path) && !matches(headers_kept, path)))
		return NULL;
	return xstrdup(path);
}

static bool has_dotdot(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")); p += 2)
		if ((p == path || p[-1] == '/') && (!p[2] || p[2] == '/'))
			return true;
	return false;
}

char *deb_map(enum deb_layout layout, const char *path)
{
	while (str_starts(path, "./"))
		path += 2;
	if (*path == '/' || has_dotdot(path))
		return NULL;
	return layout == DEB_KERNEL ? map_kernel(path) : map_root(path);
}
