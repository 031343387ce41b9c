// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/stat.h>

#include "fs.h"
#include "header.h"

enum { DEPTH_MAX = 4, DIRECTORIES_MAX = 500 };

/* "pw.h: No such file or directory", in clang's words "'pw.h' file not found". */
static char *missing(const struct complaint *c)
{
	static const char gcc[] = ": No such file or directory";
	static const char clang[] = "' file not found";
	const char *s = c->message, *end = strstr(s, gcc);

	if (!end && *s == '\'') {
		s++;
		end = strstr(s, clang);
	}
	if (!end || end - s < 3 || strncmp(end - 2, ".h", 2) || *s == '/')
		return NULL;
	return xstrndup(s, (size_t)(end - s));
}

static bool is_kind(const char *path, mode_t kind)
{
	struct stat st;

	return lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* The directory below @dir in which @name is, relative to the first one; NULL: none. */
static char *find(const char *dir, const char *at, const char *name, int depth, int *left)
{
	_cleanup_free_ char *here = xprintf("%s%s%s", dir, *at ? "/" : "", at);
	_cleanup_free_ char *file = xprintf("%s/%s", here, name);
	_cleanup_strv_ struct strv names = STRV_INIT;
	char *found = NULL;

	if (is_kind(file, S_IFREG))
		return xstrdup(at);
	if (!depth || --*left < 0 || fs_list(here, false, &names))
		return NULL;
	for (size_t i = 0; i < names.n && !found; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", here, names.v[i]);
		_cleanup_free_ char *below =
			xprintf("%s%s%s", at, *at ? "/" : "", names.v[i]);

		if (is_kind(path, S_IFDIR))
			found = find(dir, below, name, depth - 1, left);
	}
	return found;
}

char *header_hint(const char *dir, const struct complaint *c)
{
	_cleanup_free_ char *name = missing(c), *at = NULL;
	int left = DIRECTORIES_MAX;

	if (!name || strstr(name, ".."))
		return NULL;
	at = find(dir, "", name, DEPTH_MAX, &left);
	if (!at)
		return NULL;
	return xprintf("'%s%s%s' is there, where the compiler does not look: write "
		       "'ccflags-y += -I$(src)%s%s' into the Kbuild file or Makefile",
		       at, *at ? "/" : "", name, *at ? "/" : "", at);
}
