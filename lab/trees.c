// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "fs.h"
#include "trees.h"

/* Is @path @dir itself or below it? Both real. */
static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !strncmp(path, dir, n) &&
	       (!path[n] || path[n] == '/' || !strcmp(dir, "/"));
}

static bool holds(const char *dir, const char *home)
{
	_cleanup_free_ char *real = home && *home ? realpath(home, NULL) : NULL;

	return real && is_below(real, dir);
}

/* "/", a home directory, or what contains one: by the environment and, since that may
 * have been changed (sudo), by the user database. */
static bool is_too_much(const char *dir)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (!strcmp(dir, "/") || holds(dir, getenv("HOME")))
		return true;
	return getpwuid_r(getuid(), &pw, buf, sizeof(buf), &found) == 0 && found &&
	       holds(dir, found->pw_dir);
}

/* The nearest directory above @dir with a .git of the same owner: somebody else's, in
 * /tmp for one, does not make a checkout. NULL when there is none. */
static char *checkout_of(const char *dir)
{
	_cleanup_free_ char *top = xstrdup(dir);
	struct stat source, git;
	char *slash;

	if (stat(dir, &source) < 0)
		return NULL;
	for (; top[0] && top[1]; *slash = '\0') {
		_cleanup_free_ char *mark = xprintf("%s/.git", top);

		if (lstat(mark, &git) == 0 && git.st_uid == source.st_uid)
			return take_ptr(top);
		slash = strrchr(top, '/');
	}
	return NULL;
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

void lab_trees_built(struct quote_trees *trees, const char *source, const char *upper)
{
	_cleanup_free_ char *real = realpath(source, NULL), *top = NULL, *dir = NULL;
	bool file;

	if (!real)
		return;
	file = !fs_is_dir(real);
	dir = file ? directory_of(real) : xstrdup(real);
	if (upper)
		quote_trees_add(trees, dir, upper, false);
	quote_trees_add(trees, dir, dir, file || is_too_much(dir));
	top = checkout_of(dir);
	if (top && !is_too_much(top))
		quote_trees_add(trees, top, top, false);
}

/* CACHE/builds/KEY/upper/...: beside upper, out of the build's reach, is written which
 * directory it was made from. */
void lab_trees_given(struct quote_trees *trees, const char *cache_dir, const char *ko)
{
	_cleanup_free_ char *real = realpath(ko, NULL),
			    *cache = realpath(cache_dir, NULL);
	_cleanup_free_ char *builds = cache ? xprintf("%s/builds/", cache) : NULL;
	_cleanup_free_ char *stamp = NULL, *dir = NULL, *upper = NULL;
	int key;

	if (!real || !builds || !str_starts(real, builds))
		return;
	key = (int)(strlen(builds) + strcspn(real + strlen(builds), "/"));
	upper = xprintf("%.*s/upper", key, real);
	stamp = xprintf("%.*s/stamp", key, real);
	if (!is_below(real, upper) || fs_read_file(stamp, &dir, NULL) || dir[0] != '/')
		return;
	quote_trees_add(trees, dir, upper, false);
	quote_trees_add(trees, dir, dir, true);
}

void lab_trees_kernel(struct quote_trees *trees, const struct lab_kernel *kernel)
{
	if (kernel->usr_src)
		quote_trees_add(trees, "/usr/src", kernel->usr_src, false);
	else if (kernel->headers && !kernel->root)
		quote_trees_add(trees, kernel->headers, kernel->headers, false);
}
