// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths that make cannot read. It splits words at blanks and takes colons, percent and
 * dollar signs for its own, with no way to quote them everywhere; so a source below such
 * a path is shown to it at another, and what it says is put back into the user's terms.
 */
#include <string.h>

#include "build_job.h"
#include "fs.h"

#define TOP "/kmlab-src"

static bool is_plain(unsigned char c)
{
	return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("/._-+@", c));
}

bool build_path_plain(const char *path)
{
	while (*path && is_plain((unsigned char)*path))
		path++;
	return !*path;
}

/* How long is the part of @dir up to the last component that is not plain? */
static size_t odd_part(const char *dir)
{
	size_t end = strlen(dir);

	while (end && is_plain((unsigned char)dir[end - 1]))
		end--;
	return end + strcspn(dir + end, "/");
}

char *build_path_show(const char *dir)
{
	size_t n = odd_part(dir);
	_cleanup_free_ char *odd = xstrndup(dir, n);
	_cleanup_free_ char *name = xstrdup(fs_basename(odd));

	if (build_path_plain(dir))
		return xstrdup(dir);
	for (char *p = name; *p; p++)
		if (!is_plain((unsigned char)*p))
			*p = '_';
	return xprintf(TOP "/%s%s", name, dir + n);
}

/* Does @s begin with @prefix, and end there as a path component? */
static bool begins(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);
	char next;

	if (strncmp(s, prefix, n))
		return false;
	next = s[n];
	return next == '/' || !is_plain((unsigned char)next);
}

static void put_path(struct text *out, const char *path, size_t n, bool quote)
{
	for (size_t i = 0; i < n; i++) {
		if (quote && !is_plain((unsigned char)path[i]))
			text_puts(out, "\\");
		text_add(out, &path[i], 1);
	}
}

char *build_path_user(const struct build_job *job, const char *text, bool quote)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	size_t odd = odd_part(job->dir), parent = odd;
	_cleanup_free_ char *alias = NULL;
	char open = '\0'; /* the quotation mark that a shell is within */

	if (!strcmp(job->at, job->dir))
		return xstrdup(text);
	alias = xstrndup(job->at, strlen(job->at) - strlen(job->dir + odd));
	while (parent && job->dir[parent - 1] != '/')
		parent--;
	while (*text) {
		if (begins(text, alias)) {
			put_path(&out, job->dir, odd, quote && !open);
			text += strlen(alias);
		} else if (begins(text, TOP)) {
			put_path(&out, job->dir, parent ? parent - 1 : 0, quote && !open);
			text += strlen(TOP);
		} else {
			if (*text == open)
				open = '\0';
			else if (!open && (*text == '\'' || *text == '"'))
				open = *text;
			text_add(&out, text++, 1);
		}
	}
	return text_take(&out);
}
