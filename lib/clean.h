/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text from a guest, made fit to be shown. A module prints what it likes: escape
 * sequences, half a UTF-8 character, text direction overrides. None of it may reach a
 * terminal, JSON or XML as it is; it is shown as \xNN or \u{NNNN}.
 */
#ifndef KMLAB_LIB_CLEAN_H
#define KMLAB_LIB_CLEAN_H

#include "text.h"

enum clean_flags {
	CLEAN_LINE = 0,	 /* one line: newlines are escaped, a tab becomes a space */
	CLEAN_LINES = 1, /* newlines and tabs stay */
	CLEAN_XML = 2,	 /* also &, <, > and quotes become entities */
};

/** text_add_clean - append @s (may be NULL), cleaned. */
void text_add_clean(struct text *t, const char *s, enum clean_flags flags);

/** clean - the same as a string; never NULL, freed by the caller. */
char *clean(const char *s, enum clean_flags flags);

#endif
