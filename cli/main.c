// SPDX-License-Identifier: GPL-2.0-only
/* The dispatcher: one table of commands, help for all, one place that checks output. */
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "rules.h"
#include "ui.h"

static const struct cmd *const commands[] = {
	&cmd_run,    &cmd_test,	   &cmd_build,	&cmd_shell, &cmd_watch,
	&cmd_kernel, &cmd_history, &cmd_doctor, &cmd_clean, NULL,
};

static const char intro[] = "kmlab: does this kernel module build, load, work, unload "
			    "and leak, and why not?\n"
			    "\n"
			    "usage: kmlab COMMAND [OPTION...] [OPERAND...]\n";

static const char outro[] =
	"\n"
	"Try it:\n"
	"  kmlab run modules/hello                    judge a module in a fresh VM\n"
	"  kmlab run -k debian/5.10 -k debian/7.2 x.c  one file, two kernels\n"
	"  kmlab shell modules/hello                  a shell in a VM with it loaded\n"
	"\n"
	"'kmlab COMMAND --help' explains one command; 'man kmlab' has it all.\n";

static void print_commands(FILE *out)
{
	fputs(intro, out);
	fputs("\nCommands:\n", out);
	for (const struct cmd *const *c = commands; *c; c++)
		fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	fputs(outro, out);
}

static const struct cmd *find(const struct cmd *const *table, const char *name)
{
	for (; *table; table++)
		if (!strcmp((*table)->name, name))
			return *table;
	return NULL;
}

static int unknown_command(struct cli *cli, const struct cmd *const *table,
			   const char *prefix, const char *name)
{
	const char *best = NULL;

	for (; *table; table++)
		best = str_nearer(name, best, (*table)->name);
	if (best)
		return ui_usage(cli, "unknown command '%s%s'; did you mean '%s%s'?",
				prefix, name, prefix, best);
	return ui_usage(cli, "unknown command '%s%s'; 'kmlab %s--help' lists them",
			prefix, name, prefix);
}

static void print_help(const struct cmd *cmd, const char *noun)
{
	printf("usage: kmlab %s%s%s %s\n\n%s\n", noun ? noun : "", noun ? " " : "",
	       cmd->name, cmd->usage, cmd->text);
	if (cmd->verbs) {
		fputs("Verbs:\n", stdout);
		for (const struct cmd *const *v = cmd->verbs; *v; v++)
			printf("  %-10s %s\n", (*v)->name, (*v)->summary);
		return;
	}
	fputs("Options:\n", stdout);
	options_print(stdout, cmd);
}

/* A hidden view of the tables, for completion and for the test that compares them with
 * the man pages: "COMMAND [VERB]: --option ...". */
static void print_table(const struct cmd *const *table, const char *prefix)
{
	for (; *table; table++) {
		_cleanup_free_ char *name = xprintf("%s%s", prefix, (*table)->name);
		_cleanup_free_ char *deeper = xprintf("%s ", name);

		if ((*table)->verbs) {
			print_table((*table)->verbs, deeper);
			continue;
		}
		printf("%s:", name);
		for (const struct opt *o = (*table)->opts; o && o->name; o++)
			printf(" --%s", o->name);
		putchar('\n');
	}
}

static int check_operands(struct cli *cli, const char *noun)
{
	const struct cmd *cmd = cli->cmd;
	_cleanup_free_ char *name =
		xprintf("%s%s%s", noun ? noun : "", noun ? " " : "", cmd->name);

	if (cli->argc > cmd->operands)
		return ui_usage(cli, "'kmlab %s' does not take '%s'; usage: kmlab %s %s",
				name, cli->argv[cmd->operands], name, cmd->usage);
	if (cli->command && !cmd->takes_command)
		return ui_usage(cli, "'kmlab %s' takes nothing after '--'", name);
	return 0;
}

static int run_command(struct cli *cli, const char *noun, int argc, char **argv)
{
	int status = options_parse(cli, argc, argv);
	int err;

	if (status)
		return status;
	if (cli->opt.help) {
		print_help(cli->cmd, noun);
		return EXIT_OK;
	}
	status = check_operands(cli, noun);
	if (status)
		return status;
	err = lab_init(&cli->lab);
	if (!err)
		err = ui_init(cli);
	if (err)
		return ui_failed(cli, err);
	status = rules_init(cli);
	return status ? status : cli->cmd->run(cli);
}

static bool wants_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help");
}

static int run_noun(struct cli *cli, const struct cmd *noun, int argc, char **argv)
{
	_cleanup_free_ char *prefix = xprintf("%s ", noun->name);

	if (argc > 1 && wants_help(argv[1])) {
		print_help(noun, NULL);
		return EXIT_OK;
	}
	if (argc < 2)
		return ui_usage(cli,
				"'kmlab %s' needs a verb; 'kmlab %s --help' lists them",
				noun->name, noun->name);
	cli->cmd = find(noun->verbs, argv[1]);
	if (!cli->cmd)
		return unknown_command(cli, noun->verbs, prefix, argv[1]);
	return run_command(cli, noun->name, argc - 1, argv + 1);
}

static int help(struct cli *cli, int argc, char **argv)
{
	const struct cmd *cmd = argc > 2 ? find(commands, argv[2]) : NULL;

	if (argc > 2 && !cmd)
		return unknown_command(cli, commands, "", argv[2]);
	if (cmd)
		print_help(cmd, NULL);
	else
		print_commands(stdout);
	return EXIT_OK;
}

static int dispatch(struct cli *cli, int argc, char **argv)
{
	if (argc < 2) {
		print_commands(stderr);
		return EXIT_USAGE;
	}
	if (wants_help(argv[1]))
		return help(cli, argc, argv);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
		puts("kmlab " KMLAB_VERSION);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "--list-commands")) {
		print_table(commands, "");
		return EXIT_OK;
	}
	cli->cmd = find(commands, argv[1]);
	if (!cli->cmd)
		return unknown_command(cli, commands, "", argv[1]);
	if (cli->cmd->verbs)
		return run_noun(cli, cli->cmd, argc - 1, argv + 1);
	return run_command(cli, NULL, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	struct cli cli = {.lab = {.cancel_fd = -1}};
	int status = dispatch(&cli, argc, argv);

	ui_clear();
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "kmlab: cannot write to standard output: %s\n",
			strerror(errno));
		status = status ? status : EXIT_FAILED;
	}
	options_deinit(&cli.opt);
	lab_deinit(&cli.lab);
	return status;
}
