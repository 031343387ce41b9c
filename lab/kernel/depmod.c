// SPDX-License-Identifier: GPL-2.0-only
/* modules.dep and friends, made by the host's depmod (package kmod). */
#include <string.h>

#include "fs.h"
#include "process.h"

#include "internal.h"

/* On a host where /lib is a link to /usr/lib, depmod may look in usr/lib/modules: usr/lib
 * becomes a link to lib. */
static int link_usr_lib(struct lab *lab, const char *dir)
{
	_cleanup_free_ char *usr = xprintf("%s/usr", dir);
	_cleanup_free_ char *lib = xprintf("%s/lib", usr);
	int err = fs_mkdir_p(usr, 0755);

	if (!err && symlink("../lib", lib) < 0 && errno != EEXIST)
		err = -errno;
	return err ? lab_fail(lab, err, "cannot make '%s': %s", lib, strerror(-err)) : 0;
}

int kernel_depmod(struct lab *lab, const char *dir, const char *release)
{
	_cleanup_free_ char *depmod = process_find("depmod");
	_cleanup_free_ char *what = xprintf("indexing the modules of %s", release);
	_cleanup_text_ struct text out = TEXT_INIT;
	struct process_spec spec = PROCESS_SPEC_INIT;
	char *argv[] = {depmod, "-b", (char *)dir, (char *)release, NULL};
	int status = 0, err;

	if (!depmod)
		return lab_fail(lab, -ENOENT, "cannot find 'depmod'; install kmod");
	err = link_usr_lib(lab, dir);
	if (err)
		return err;
	spec.argv = argv;
	lab_report(lab, what, 0, 0, false);
	err = process_capture(&spec, -1, lab->cancel_fd, &out, NULL, &status);
	lab_report(lab, what, 0, 0, true);
	if (err == -ECANCELED)
		return lab_fail(lab, err, "interrupted");
	if (err)
		return lab_fail(lab, err, "cannot run '%s': %s", depmod, strerror(-err));
	if (status)
		return lab_fail(lab, -EIO,
				"'depmod' failed for '%s': %.200s; free space or "
				"update kmod",
				release, out.s ? out.s : "no message");
	return 0;
}
