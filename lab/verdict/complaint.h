/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stopped a build, read from its log: errors of gcc, clang, modpost and objtool.
 * The log is the work of a stranger's build: nothing in it is trusted, all of it is text.
 */
#ifndef KMLAB_LAB_COMPLAINT_H
#define KMLAB_LAB_COMPLAINT_H

#include "text.h"

struct complaint {
	char *file;    /* as the log names it, or NULL */
	int line;      /* 0: unknown */
	char *message; /* without its place and without "[-Werror=...]" */
	char *context; /* the lines behind it that belong to it, "" for none */
};

void complaint_deinit(struct complaint *c);
#define _cleanup_complaint_ _cleanup_(complaint_deinit)

/**
 * complaint_next - the first error in *@log, which moves behind it.
 * @dir: the source's directory, absolute, or NULL. An error in a file elsewhere gets the
 * place in it from where the compiler came: the macro's use, the #include.
 * Return: false when there is none.
 */
bool complaint_next(const char **log, const char *dir, struct complaint *ret);

/** complaint_left_out - did make leave a source out and go on? @log may be NULL. */
bool complaint_left_out(const char *log);

/** complaint_place - "hello.c:12", freed by the caller; NULL: unknown. */
char *complaint_place(const struct complaint *c);

#endif
