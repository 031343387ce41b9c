/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command-line options from tables: the same table gives the parser and the help, and
 * completion and manual pages are compared with it. Nothing here prints; a mistake of the
 * user comes back as a sentence.
 */
#ifndef KMLAB_LIB_OPT_H
#define KMLAB_LIB_OPT_H

#include "text.h"

/* A number is 1 or more: a field of 0 says that the option was not given. */
enum opt_type { OPT_FLAG, OPT_STRING, OPT_STRINGS, OPT_NUMBER };

struct opt {
	const char *name; /* long name, without dashes */
	char letter;	  /* or 0 */
	enum opt_type type;
	size_t offset; /* of the field: bool, char * (owned), struct strv, unsigned int */
	const char *arg;  /* "NAME=VALUE", or NULL for a flag */
	const char *help; /* one line */
};

/* One row of a table. Each program has its own `struct options`, which its options fill
 * in. */
#define OPT(type, name, letter, field, arg, help)                                        \
	{                                                                                \
		name, letter, type, offsetof(struct options, field), arg, help           \
	}

/* One command's options: the table ends with a zero entry; --help is added to it. */
struct opt_command {
	const char *name; /* "kmlab run", for "see 'kmlab run --help'" */
	const struct opt *opts;
	void *fields; /* what the offsets are into */
	bool *help;   /* set by -h and --help */
};

/**
 * opt_parse - set the fields from @argv, whose first word is not looked at. Options and
 * operands may be mixed; "--" ends them, and what follows it is @rest (NULL without it).
 * @operands: where the operands begin in @argv, NULL-terminated; @n: how many.
 * @why: a sentence, when it fails.
 * Return: 0 or -EINVAL.
 */
int opt_parse(const struct opt_command *cmd, int argc, char **argv, char ***operands,
	      int *n, char ***rest, struct text *why);

/** opt_help - the table for --help, appended to @out. */
void opt_help(const struct opt_command *cmd, struct text *out);

#endif
