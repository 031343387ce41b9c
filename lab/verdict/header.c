// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/stat.h>

#include "below.h"
#include "header.h"

enum { DEPTH_MAX = 4, DIRECTORIES_MAX = 500, ENTRIES_MAX = 4096 };

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

static bool is_kind(int top, const char *name, mode_t kind)
{
	struct stat st;

	return below_stat(top, name, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* "DIR/NAME", or NAME for the top itself. */
static char *join(const char *dir, const char *name)
{
	return xprintf("%s%s%s", dir, *dir ? "/" : "", name);
}

/* The directory below @at in which @name is, relative to @top; NULL: none. */
static char *find(int top, const char *at, const char *name, int depth, int *left)
{
	_cleanup_free_ char *file = join(at, name);
	_cleanup_strv_ struct strv names = STRV_INIT;
	char *found = NULL;

	if (is_kind(top, file, S_IFREG))
		return xstrdup(at);
	if (!depth || --*left < 0 || below_list(top, *at ? at : ".", ENTRIES_MAX, &names))
		return NULL;
	for (size_t i = 0; i < names.n && !found; i++) {
		_cleanup_free_ char *below = join(at, names.v[i]);

		if (names.v[i][0] != '.' && is_kind(top, below, S_IFDIR))
			found = find(top, below, name, depth - 1, left);
	}
	return found;
}

char *header_hint(const char *dir, const struct complaint *c)
{
	_cleanup_free_ char *name = missing(c), *at = NULL, *path = NULL;
	_cleanup_close_ int top = name && !strstr(name, "..") ? below_top(dir) : -1;
	int left = DIRECTORIES_MAX;

	if (top < 0)
		return NULL;
	at = find(top, "", name, DEPTH_MAX, &left);
	if (!at)
		return NULL;
	path = join(at, name);
	return xprintf("'%s' is there, where the compiler does not look: write "
		       "'ccflags-y += -I$(src)%s%s' into the Kbuild file or Makefile",
		       path, *at ? "/" : "", at);
}
