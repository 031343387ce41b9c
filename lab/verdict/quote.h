/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Source lines for a report. Which file a place lies in is the module's own claim: a
 * "#line" names what it likes. So lines are read from regular files below the directories
 * that were built and from nowhere else; the kernel holds the search below them
 * (openat2(2)), it follows no symlink on the way and enters no other file system. Files
 * and directories whose names begin with a dot are not quoted: they hold settings and
 * secrets, not sources. Where openat2() is missing (before Linux 5.6), nothing is quoted.
 */
#ifndef KMLAB_LAB_QUOTE_H
#define KMLAB_LAB_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

struct quote_tree {
	char *at;  /* files named below this directory ... */
	char *dir; /* ... are read below that one */
	bool bare; /* only C sources and headers directly in it */
};

struct quote_trees {
	struct quote_tree *v;
	size_t n;
};

void quote_trees_deinit(struct quote_trees *trees);

/** quote_trees_add - @at and @dir are copied, absolute and without symlinks. Earlier
 *  trees go before later ones. */
void quote_trees_add(struct quote_trees *trees, const char *at, const char *dir,
		     bool bare);

/**
 * quote_line - line @number of @file, without its end and without blanks before it, cut
 * where it is very long. Raw: clean it before it is shown.
 * Return: freed by the caller; NULL when the file is in no tree, is not there, is no
 * regular file or has no such line near its beginning (a few MiB).
 */
char *quote_line(const struct quote_trees *trees, const char *file, int number);

struct lab_result;

/** lab_result_quote - quote the lines that the report of @r shows: those of its worst
 *  event's frames. */
void lab_result_quote(struct lab_result *r, const struct quote_trees *trees);

#endif
