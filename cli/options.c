// SPDX-License-Identifier: GPL-2.0-only
/* Options from tables; see cmd.h. */
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "cmd.h"
#include "ui.h"

static const struct opt help_option =
	OPT(OPT_FLAG, "help", 'h', help, NULL, "show this help");

static size_t count(const struct opt *opts)
{
	size_t n = 0;

	while (opts && opts[n].name)
		n++;
	return n;
}

static const struct opt *nth(const struct cmd *cmd, size_t i)
{
	return i < count(cmd->opts) ? &cmd->opts[i] : &help_option;
}

/* getopt's own tables, made from ours: value i + 256 stands for the i-th option. */
static struct option *long_options(const struct cmd *cmd, struct text *letters)
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

static const struct opt *by_value(const struct cmd *cmd, int value)
{
	if (value >= 256)
		return nth(cmd, (size_t)value - 256);
	for (size_t i = 0; i <= count(cmd->opts); i++)
		if (nth(cmd, i)->letter == value)
			return nth(cmd, i);
	return &help_option;
}

static int set(struct cli *cli, const struct opt *o, const char *value)
{
	void *field = (char *)&cli->opt + o->offset;
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
		if (str_number(value, 0, INT_MAX / 1000, &number))
			return ui_usage(cli, "'--%s' takes a whole number, not '%s'",
					o->name, value);
		*(unsigned int *)field = (unsigned int)number;
		return 0;
	}
	return 0;
}

static const char *nearest(const struct cmd *cmd, const char *word)
{
	const char *best = NULL;
	unsigned int least = 3;

	for (size_t i = 0; i <= count(cmd->opts); i++) {
		unsigned int d = str_distance(nth(cmd, i)->name, word);

		if (d < least) {
			least = d;
			best = nth(cmd, i)->name;
		}
	}
	return best;
}

static int unknown(struct cli *cli, const char *word)
{
	const char *near = str_starts(word, "--") ? nearest(cli->cmd, word + 2) : NULL;

	if (near)
		return ui_usage(cli, "unknown option '%s'; did you mean '--%s'?", word,
				near);
	return ui_usage(cli, "unknown option '%s'; see 'kmlab %s --help'", word,
			cli->cmd->name);
}

int options_parse(struct cli *cli, int argc, char **argv)
{
	_cleanup_text_ struct text letters = TEXT_INIT;
	_cleanup_free_ struct option *table = long_options(cli->cmd, &letters);
	int c, err = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		/* The command's own options are none of ours. */
		cli->command = &argv[i + 1];
		argv[i] = NULL;
		argc = i;
	}
	optind = 0;
	opterr = 0;
	while (!err && (c = getopt_long(argc, argv, letters.s, table, NULL)) != -1) {
		if (c == '?')
			return unknown(cli, argv[optind - 1]);
		if (c == ':')
			return ui_usage(cli, "'%s' needs a value; see 'kmlab %s --help'",
					argv[optind - 1], cli->cmd->name);
		err = set(cli, by_value(cli->cmd, c), optarg);
	}
	cli->argv = &argv[optind];
	cli->argc = argc - optind;
	return err;
}

void options_deinit(struct options *opt)
{
	strv_deinit(&opt->kernels);
	strv_deinit(&opt->params);
	strv_deinit(&opt->in);
	strv_deinit(&opt->out);
	strv_deinit(&opt->append);
	strv_deinit(&opt->make_args);
	strv_deinit(&opt->symvers);
	free(opt->format);
	free(opt->report);
	free(opt->suite);
	free(opt->tests);
	free(opt->module);
	free(opt->outcome);
	free(opt->max_size);
}

void options_print(FILE *out, const struct cmd *cmd)
{
	for (size_t i = 0; i <= count(cmd->opts); i++) {
		const struct opt *o = nth(cmd, i);
		_cleanup_free_ char *name = xprintf(
			"--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");

		fprintf(out, "  %s%c%s %-24s %s\n", o->letter ? "-" : " ",
			o->letter ? o->letter : ' ', o->letter ? "," : " ", name,
			o->help);
	}
}
