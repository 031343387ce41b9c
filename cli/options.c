// SPDX-License-Identifier: GPL-2.0-only
/* The options of all commands; see cmd.h and lib/opt.h. */
#include <string.h>

#include "cmd.h"
#include "ui.h"

int options_parse(struct cli *cli, int argc, char **argv)
{
	_cleanup_free_ char *name = xprintf("kmlab %s", cli->cmd->name);
	_cleanup_text_ struct text why = TEXT_INIT;
	struct opt_command table = {
		.name = name,
		.opts = cli->cmd->opts,
		.fields = &cli->opt,
		.help = &cli->opt.help,
	};

	if (opt_parse(&table, argc, argv, &cli->argv, &cli->argc, &cli->command, &why))
		return ui_usage(cli, "%s", why.s);
	return 0;
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
	strv_deinit(&opt->see);
	strv_deinit(&opt->limits);
	free(opt->format);
	free(opt->report);
	free(opt->suite);
	free(opt->tests);
	free(opt->module);
	free(opt->outcome);
	free(opt->max_size);
	free(opt->expect);
	free(opt->since);
}

void options_print(FILE *out, const struct cmd *cmd)
{
	struct opt_command table = {.name = cmd->name, .opts = cmd->opts};
	_cleanup_text_ struct text help = TEXT_INIT;

	opt_help(&table, &help);
	fputs(help.s, out);
}
