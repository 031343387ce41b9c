/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a symbol that is missing is defined: in a source beside the module's, that was
 * forgotten. The sources are a stranger's: regular files directly in one directory are
 * read through lib/below.h, not many and none that is large; what is found is a hint and
 * nothing else.
 */
#ifndef KMLAB_LAB_DEFINITION_H
#define KMLAB_LAB_DEFINITION_H

#include <stdbool.h>

enum definition_kind {
	DEFINITION_NONE,
	DEFINITION_STATIC, /* no other file can use it */
	DEFINITION_GLOBAL,
	DEFINITION_EXPORTED, /* EXPORT_SYMBOL... stands in the same file */
};

/** definition_in - how C source @text defines @symbol; declarations are none. */
enum definition_kind definition_in(const char *text, const char *symbol);

struct definition_query {
	const char *dir;    /* the directory of the sources, absolute */
	const char *below;  /* the module's directory in it, relative; "" for @dir */
	const char *module; /* name of the module that lacks it, without ".ko"; or NULL */
	const char *symbol;
	bool file;    /* one .c file was named, not its directory */
	bool loading; /* it was built, and is missed by the loader */
};

/** definition_hint - the next step, freed by the caller; NULL: no source there defines
 *  it. */
char *definition_hint(const struct definition_query *q);

#endif
