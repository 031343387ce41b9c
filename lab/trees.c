// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "checkout.h"
#include "fs.h"
#include "kbuild/build.h"
#include "trees.h"

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
	quote_trees_add(trees, dir, dir, file || lab_checkout_too_much(dir));
	top = lab_checkout_of(dir);
	if (top)
		quote_trees_add(trees, top, top, false);
}

void lab_trees_given(struct quote_trees *trees, const char *cache_dir, const char *ko)
{
	_cleanup_free_ char *real = realpath(ko, NULL),
			    *cache = realpath(cache_dir, NULL);
	_cleanup_free_ char *dir = NULL, *upper = NULL;

	if (!real || !cache)
		return;
	dir = lab_build_origin(cache, real, &upper);
	if (!dir || dir[0] != '/')
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
