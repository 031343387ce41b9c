// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the box the caller is the only user there is, without root's rights: what belongs to
 * others can be read where everybody may, and an overlay cannot hand it over. A source
 * with directories of another user is built in a copy (build_mirror.c), as root builds
 * its user's tree, or a user one below /usr/src.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_job.h"
#include "fs.h"

#define MAX_DEPTH 64

static bool differs(struct lab *lab, const char *dir, unsigned int depth)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct stat st;

	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return false;
	if (st.st_uid != geteuid())
		return true;
	if (depth == MAX_DEPTH || lab_cancelled(lab) || fs_list(dir, true, &names))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", dir, names.v[i]);

		if (strcmp(names.v[i], ".git") && differs(lab, path, depth + 1))
			return true;
	}
	return false;
}

bool build_owner_differs(const struct build_job *job)
{
	return differs(job->lab, job->dir, 0);
}
