// SPDX-License-Identifier: GPL-2.0-only
/* Options from tables; see opt.h. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "opt.h"

static const struct opt help_option = {
	.name = "help", .letter = 'h', .type = OPT_FLAG, .help = "show this help"};

static size_t count(const struct opt *opts)
{
	size_t n = 0;

	while (opts && opts[n].name)
		n++;
	return n;
}

static const struct opt *nth(const struct opt_command *cmd, size_t i)
{
	return i < count(cmd->opts) ? &cmd->opts[i] : &help_option;
}

/* getopt's own tables, made from ours: value i + 256 stands for the i-th option. */
static struct option *long_options(const struct opt_command *cmd, struct text *letters)
{
	size_t n = count(cmd->opts) + 1;
	struct option *table = xcalloc(n + 1, sizeof(*table));

	text_puts(letters, ":");
	for (size_t i = 0; i < n; i++) {
		const struct opt *o = nth(cmd, i);
		int has_arg = o->type == OPT_FLAG ? no_argument : required_argument;

		table[i] = (struct option){o->name, has_arg, NULL, (int)i + 256};
		if (o->letter)
			text_printf(letters, "%c%s", o->letter, has_arg ? ":" : "");
	}
	return table;
}

static const struct opt *by_value(const struct opt_command *cmd, int value)
{
	if (value >= 256)
		return nth(cmd, (size_t)value - 256);
	for (size_t i = 0; i <= count(cmd->opts); i++)
		if (nth(cmd, i)->letter == value)
			return nth(cmd, i);
	return &help_option;
}

__attribute__((format(printf, 2, 3))) static int refuse(struct text *why, const char *fmt,
							...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(why, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int set(const struct opt_command *cmd, const struct opt *o, const char *value,
	       struct text *why)
{
	void *field =
		o == &help_option ? cmd->help : (void *)((char *)cmd->fields + o->offset);
	long long number;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_STRING:
		free(*(char **)field);
		*(char **)field = xstrdup(value);
		return 0;
	case OPT_STRINGS:
		strv_add(field, value);
		return 0;
	case OPT_NUMBER:
		if (str_number(value, 1, INT_MAX / 1000, &number))
			return refuse(why, "'--%s' takes a whole number from 1, not '%s'",
				      o->name, value);
		*(unsigned int *)field = (unsigned int)number;
		return 0;
	}
	return 0;
}

static const char *nearest(const struct opt_command *cmd, const char *word)
{
	const char *best = NULL;

	for (size_t i = 0; i <= count(cmd->opts); i++)
		best = str_nearer(word, best, nth(cmd, i)->name);
	return best;
}

static int unknown(const struct opt_command *cmd, const char *word, struct text *why)
{
	const char *near = str_starts(word, "--") ? nearest(cmd, word + 2) : NULL;

	if (near)
		return refuse(why, "unknown option '%s'; did you mean '--%s'?", word,
			      near);
	return refuse(why, "unknown option '%s'; see '%s --help'", word, cmd->name);
}

/* What follows "--" is not ours, and may look like an option. */
static int cut_at_dashes(int argc, char **argv, char ***rest)
{
	*rest = NULL;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		*rest = &argv[i + 1];
		argv[i] = NULL;
		return i;
	}
	return argc;
}

int opt_parse(const struct opt_command *cmd, int argc, char **argv, char ***operands,
	      int *n, char ***rest, struct text *why)
{
	_cleanup_text_ struct text letters = TEXT_INIT;
	_cleanup_free_ struct option *table = long_options(cmd, &letters);
	int c, err = 0;

	argc = cut_at_dashes(argc, argv, rest);
	optind = 0;
	opterr = 0;
	while (!err && (c = getopt_long(argc, argv, letters.s, table, NULL)) != -1) {
		if (c == '?')
			return unknown(cmd, argv[optind - 1], why);
		if (c == ':')
			return refuse(why, "'%s' needs a value; see '%s --help'",
				      argv[optind - 1], cmd->name);
		err = set(cmd, by_value(cmd, c), optarg, why);
	}
	*operands = &argv[optind];
	*n = argc - optind;
	return err;
}

void opt_help(const struct opt_command *cmd, struct text *out)
{
	for (size_t i = 0; i <= count(cmd->opts); i++) {
		const struct opt *o = nth(cmd, i);
		_cleanup_free_ char *name = xprintf(
			"--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");

		text_printf(out, "  %s%c%s %-24s %s\n", o->letter ? "-" : " ",
			    o->letter ? o->letter : ' ', o->letter ? "," : " ", name,
			    o->help);
	}
}
