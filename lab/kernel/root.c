// SPDX-License-Identifier: GPL-2.0-only
/* Build roots; see root.h. The packages' own scripts never run; the few things of what
 * they do that a build needs are done here. */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "internal.h"
#include "root.h"

#define TRIPLET "x86_64-linux-gnu-"

/*
 * perl, not perl-base alone: with W=1 Kbuild runs kernel-doc, which wants Pod::Usage.
 * sparse is what Kbuild calls for C=1 and C=2. Raise ENTRY_FORMAT in entry.c with this
 * list.
 */
void root_packages(struct strv *ret)
{
	static const char *const packages[] = {
		"make",	     "libc6-dev", "bash",     "dash",	   "coreutils",
		"sed",	     "grep",	  "mawk",     "findutils", "perl",
		"diffutils", "gzip",	  "xz-utils", "sparse",	   NULL};

	for (int i = 0; packages[i]; i++)
		strv_add(ret, packages[i]);
}

static int link_at(const char *dir, const char *name, const char *target)
{
	_cleanup_free_ char *path = xprintf("%s/%s", dir, name);
	struct stat st;

	if (lstat(path, &st) == 0)
		return 0;
	return symlink(target, path) < 0 ? -errno : 0;
}

int root_prepare(struct lab *lab, const char *dir)
{
	static const char *const merged[] = {"bin", "sbin", "lib", "lib64", NULL};
	static const char *const dirs[] = {"usr/lib/modules",
					   "usr/src",
					   "usr/bin",
					   "etc",
					   "dev",
					   "proc",
					   "sys",
					   "tmp",
					   "run",
					   "root",
					   "home",
					   NULL};
	int err = 0;

	for (int i = 0; !err && merged[i]; i++) {
		_cleanup_free_ char *target = xprintf("usr/%s", merged[i]);
		_cleanup_free_ char *path = xprintf("%s/%s", dir, target);

		err = fs_mkdir_p(path, 0755);
		if (!err)
			err = link_at(dir, merged[i], target);
	}
	for (int i = 0; !err && dirs[i]; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", dir, dirs[i]);

		err = fs_mkdir_p(path, 0755);
	}
	if (err)
		return lab_fail(lab, err,
				"cannot make a build root in '%s': %s; free space or "
				"set KMLAB_CACHE",
				dir, strerror(-err));
	return 0;
}

/* "gcc-12" of "gcc-10" and "gcc-12"; NULL when there is no versioned @tool. */
static char *newest(const struct strv *names, const char *tool)
{
	_cleanup_free_ char *prefix = xprintf("%s-", tool);
	const char *found = NULL;

	for (size_t i = 0; i < names->n; i++) {
		const char *s = names->v[i], *number = s + strlen(prefix);

		if (str_starts(s, prefix) && isdigit((unsigned char)*number) &&
		    strspn(number, "0123456789.") == strlen(number))
			found = s; /* the list is in version order */
	}
	return xstrdup(found);
}

/* Newer headers depend on "x86_64-linux-gnu-gcc-14" only. The plain name, gcc-14, becomes
 * a link to it. */
static int link_native(const char *bin)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(bin, false, &names);

	for (size_t i = 0; !err && i < names.n; i++)
		if (str_starts(names.v[i], TRIPLET))
			err = link_at(bin, names.v[i] + strlen(TRIPLET), names.v[i]);
	return err;
}

static int link_compilers(const char *bin)
{
	static const char *const tools[] = {"gcc", "cpp", TRIPLET "gcc", TRIPLET "cpp",
					    NULL};
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = link_native(bin);

	if (!err)
		err = fs_list(bin, false, &names);
	strv_sort(&names);
	for (int i = 0; !err && tools[i]; i++) {
		_cleanup_free_ char *target = newest(&names, tools[i]);

		if (target)
			err = link_at(bin, tools[i], target);
	}
	return err ? err : link_at(bin, "cc", "gcc");
}

/* Header Makefiles ask dpkg for the architecture; there is no dpkg in here to ask. */
static int make_dpkg(const char *bin)
{
	static const char script[] = "#!/bin/sh\necho " DEBIAN_ARCH "\n";
	_cleanup_free_ char *path = xprintf("%s/dpkg", bin);

	return fs_exists(path) ? 0 : fs_write_file(path, script, strlen(script), 0755);
}

int root_finish(struct lab *lab, const char *dir)
{
	_cleanup_free_ char *bin = xprintf("%s/usr/bin", dir);
	_cleanup_free_ char *gcc = xprintf("%s/gcc", bin);
	int err = link_compilers(bin);

	if (!err)
		err = link_at(bin, "awk", "mawk");
	if (!err)
		err = link_at(bin, "sh", "dash");
	if (!err)
		err = make_dpkg(bin);
	if (err)
		return lab_fail(lab, err, "cannot finish the build root in '%s': %s", dir,
				strerror(-err));
	if (!fs_exists(gcc))
		return lab_fail(lab, -ENOENT,
				"the packages of this suite brought no compiler; "
				"name another kernel");
	return 0;
}
