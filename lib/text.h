/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Growable strings and vectors of strings.
 *
 * Invariants: `s` of a text is NUL-terminated or NULL while empty; `v` of a strv is
 * NULL-terminated or NULL while empty. Running out of memory ends the process
 * (abort): a tool of this kind could do nothing better.
 * Thread rule: one thread at a time for each object.
 */
#ifndef KMLAB_LIB_TEXT_H
#define KMLAB_LIB_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"

struct text {
	char *s;
	size_t len; /* bytes, without the NUL */
	size_t cap;
};

#define TEXT_INIT                                                                        \
	{                                                                                \
		NULL, 0, 0                                                               \
	}

/** text_deinit - free what the text owns; it is empty and usable again afterwards. */
void text_deinit(struct text *t);

/** text_add - append @len bytes (NUL bytes are allowed). */
void text_add(struct text *t, const void *data, size_t len);

/** text_puts - append a string. */
void text_puts(struct text *t, const char *s);

/** text_printf - append formatted text. */
void text_printf(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *fmt, va_list ap);

/** text_keep_tail - drop bytes from the front until at most @max remain. */
void text_keep_tail(struct text *t, size_t max);

/** text_take - hand the string to the caller (never NULL, freed by the caller). */
char *text_take(struct text *t);

/** text_read_fd - append all of @fd up to its end. 0 or -errno. */
int text_read_fd(struct text *t, int fd);

#define _cleanup_text_ _cleanup_(text_deinit)

/** xprintf - a formatted string on the heap, freed by the caller. */
char *xprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** xstrdup, xstrndup, xcalloc, xrealloc - as in libc; xstrdup(NULL) is NULL. */
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);

/** str_starts, str_ends - is @prefix (@suffix) at the start (end) of @s? */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/**
 * str_number - a whole decimal number and nothing else.
 * Return: 0, -EINVAL when @s is not one, -ERANGE when it is outside @min..@max.
 */
int str_number(const char *s, long long min, long long max, long long *ret);

/** str_distance - edits (insert, delete, replace, swap) between two short names. */
unsigned int str_distance(const char *a, const char *b);

/**
 * str_nearer - which of two names @word was meant to be: @name when it is at most two
 * edits from @word and nearer than @best, else @best. Begin with a @best of NULL, which
 * stays when no name is near. Nothing is copied.
 */
const char *str_nearer(const char *word, const char *best, const char *name);

struct strv {
	char **v; /* NULL-terminated, owned */
	size_t n;
};

#define STRV_INIT                                                                        \
	{                                                                                \
		NULL, 0                                                                  \
	}

void strv_deinit(struct strv *v);
/** strv_add - append a copy of @s. */
void strv_add(struct strv *v, const char *s);
/** strv_take - append @s itself, which the vector owns from now on. */
void strv_take(struct strv *v, char *s);
/** strv_printf - append a formatted string. */
void strv_printf(struct strv *v, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** strv_add_all - append copies of a NULL-terminated array (may be NULL). */
void strv_add_all(struct strv *v, char *const *from);
/** strv_add_lines - append the lines of @text, empty ones left out; @text is cut up. */
void strv_add_lines(struct strv *v, char *text);
bool strv_contains(const struct strv *v, const char *s);
/** strv_sort - by version order (strverscmp). */
void strv_sort(struct strv *v);
/** strv_sorted_contains - strv_contains() in logarithmic time, after strv_sort(). */
bool strv_sorted_contains(const struct strv *v, const char *s);
/** strv_join - all strings with @sep between; freed by the caller, never NULL. */
char *strv_join(const struct strv *v, const char *sep);

#define _cleanup_strv_ _cleanup_(strv_deinit)

#endif
