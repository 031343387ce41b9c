// SPDX-License-Identifier: GPL-2.0-only
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkout.h"
#include "fs.h"
#include "text.h"

static bool holds(const char *dir, const char *home)
{
	_cleanup_free_ char *real = home && *home ? realpath(home, NULL) : NULL;

	return real && path_below(real, dir);
}

/* By the environment and, since that may have been changed (sudo), by the user database.
 */
bool lab_checkout_too_much(const char *dir)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (!strcmp(dir, "/") || holds(dir, getenv("HOME")))
		return true;
	return getpwuid_r(getuid(), &pw, buf, sizeof(buf), &found) == 0 && found &&
	       holds(dir, found->pw_dir);
}

/* Somebody else's .git, in /tmp for one, does not make a checkout. */
char *lab_checkout_of(const char *dir)
{
	_cleanup_free_ char *top = xstrdup(dir);
	struct stat source, git;
	char *slash;

	if (stat(dir, &source) < 0)
		return NULL;
	for (; top[0] && top[1]; *slash = '\0') {
		_cleanup_free_ char *mark = xprintf("%s/.git", top);

		if (lstat(mark, &git) == 0 && git.st_uid == source.st_uid)
			return lab_checkout_too_much(top) ? NULL : take_ptr(top);
		slash = strrchr(top, '/');
	}
	return NULL;
}
