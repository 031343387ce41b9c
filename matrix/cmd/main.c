// SPDX-License-Identifier: GPL-2.0-only
/* The dispatcher: one table of commands, help for all, one place that checks output. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cmd.h"

static const struct cmd *const commands[] = {
	&cmd_run, &cmd_simulate, &cmd_dump, &cmd_ctl, &cmd_guests, &cmd_doctor, NULL,
};

static const char intro[] = "matrix: a small hypervisor with exact CPU shares\n"
			    "\n"
			    "usage: matrix COMMAND [OPTION...] [OPERAND...]\n"
			    "\n"
			    "Commands:\n";

static const char outro[] =
	"\n"
	"Try it:\n"
	"  matrix run --explain hello                 a guest, and each step on the way\n"
	"  matrix run --time 5s neo:70 morpheus:30    two guests on one core, 70 to 30\n"
	"  matrix simulate --time 1h neo:70 morpheus:30\n"
	"\n"
	"'matrix COMMAND --help' explains one command; 'man matrix' has it all.\n";

static void verror(const char *fmt, va_list ap)
{
	fputs("matrix: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verror(fmt, ap);
	va_end(ap);
}

int usage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verror(fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

static void print_commands(FILE *out)
{
	fputs(intro, out);
	for (const struct cmd *const *c = commands; *c; c++)
		fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	fputs(outro, out);
}

static const struct cmd *find(const char *name)
{
	for (const struct cmd *const *c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

static int unknown_command(const char *name)
{
	const char *best = NULL;

	for (const struct cmd *const *c = commands; *c; c++)
		best = str_nearer(name, best, (*c)->name);
	if (best)
		return usage_error("unknown command '%s'; did you mean '%s'?", name,
				   best);
	return usage_error("unknown command '%s'; 'matrix --help' lists them", name);
}

static void print_help(const struct cmd *cmd, const struct opt_command *table)
{
	_cleanup_text_ struct text help = TEXT_INIT;

	opt_help(table, &help);
	printf("usage: matrix %s %s\n\n%s\nOptions:\n%s", cmd->name, cmd->usage,
	       cmd->text, help.s);
}

/* A hidden view of the tables, for the test that compares them with the manual page and
 * the completion. */
static void print_table(void)
{
	for (const struct cmd *const *c = commands; *c; c++) {
		printf("%s:", (*c)->name);
		for (const struct opt *o = (*c)->opts; o->name; o++)
			printf(" --%s", o->name);
		putchar('\n');
	}
}

static void options_deinit(struct options *o)
{
	strv_deinit(&o->caps);
	free(o->memory);
	free(o->profile);
	free(o->policy);
	free(o->kick);
	free(o->slice);
	free(o->window);
	free(o->time);
	free(o->device);
	free(o->output);
	free(o->timeline);
	free(o->ctl);
}

static int run_command(const struct cmd *cmd, int argc, char **argv)
{
	_cleanup_free_ char *name = xprintf("matrix %s", cmd->name);
	_cleanup_text_ struct text why = TEXT_INIT;
	_cleanup_(options_deinit) struct options o = {.seed = 1};
	struct opt_command table = {name, cmd->opts, &o, &o.help};
	char **operands, **rest;
	int n;

	if (opt_parse(&table, argc, argv, &operands, &n, &rest, &why))
		return usage_error("%s", why.s);
	if (o.help) {
		print_help(cmd, &table);
		return EXIT_OK;
	}
	if (rest)
		return usage_error("nothing can follow '--'; see '%s --help'", name);
	return cmd->run(&o, n, operands);
}

static int dispatch(int argc, char **argv)
{
	const struct cmd *cmd;

	if (argc < 2) {
		print_commands(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help")) {
		print_commands(stdout);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("matrix " KMLAB_VERSION);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "--list-commands")) {
		print_table();
		return EXIT_OK;
	}
	cmd = find(argv[1]);
	return cmd ? run_command(cmd, argc - 1, argv + 1) : unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	if (fflush(stdout) || ferror(stdout)) {
		error("cannot write to standard output: %s", strerror(errno));
		status = status ? status : EXIT_FAILED;
	}
	return status;
}
