// SPDX-License-Identifier: GPL-2.0-only
/* kmlab shell: an interactive shell in a fresh clone. */
#include <string.h>
#include <termios.h>

#include "run.h"

#include "specs.h"
#include "ui.h"

static struct termios saved;

/* The guest's terminal does the editing and the signals; ours only carries bytes. */
static bool raw_terminal(void)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved) < 0)
		return false;
	raw = saved;
	cfmakeraw(&raw);
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

static void restore_terminal(void)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
}

static struct lab_result *run_in_terminal(struct cli *cli, const struct lab_plan *plan)
{
	static char *const login[] = {"/bin/sh", "-l", NULL};
	static char *const plain[] = {"/bin/sh", NULL};
	struct lab_command command = {
		.stdin_fd = STDIN_FILENO,
		.stdout_fd = STDOUT_FILENO,
		.stderr_fd = STDERR_FILENO,
		.winch_fd = -1,
	};
	_cleanup_free_ char *term = xprintf("TERM=%s", getenv("TERM") ?: "linux");
	char *const env[] = {term, NULL};
	struct lab_result *result;

	ui_clear();
	command.env = env;
	command.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && raw_terminal();
	command.argv = cli->command ? cli->command : command.tty ? login : plain;
	if (command.tty)
		command.winch_fd = ui_winch_fd();
	lab_plan_run(&cli->lab, plan, &command, &result);
	if (command.tty)
		restore_terminal();
	return result;
}

/* A shell ends with the status of its last command: that is no verdict on the module. */
static int finish(struct cli *cli, struct lab_result *result)
{
	int status = result->command_status;
	bool good = result->outcome == LAB_PASS ||
		    (result->outcome == LAB_TEST_FAILED && status);

	if (!good)
		lab_result_print_text(stderr, result, ui_colour(STDERR_FILENO));
	if (!good)
		status = lab_outcome_exit(result->outcome);
	lab_result_destroy(result);
	return status;
}

static int run_shell(struct cli *cli)
{
	struct lab_result *verdict = lab_result_create();
	_cleanup_plan_ struct lab_plan plan = {0};
	struct specs specs = {0};
	int err, status = specs_init(cli, &specs);

	if (!status && specs.n > 1)
		status = ui_usage(cli, "'kmlab shell' takes one --kernel");
	if (!status) {
		specs.spec[0].timeout_ms = cli->opt.timeout_s * 1000;
		err = lab_plan_make(&cli->lab, &specs.spec[0], &plan, verdict);
		if (err < 0)
			status = ui_failed(cli, err);
		else if (err > 0)
			status = finish(cli, take_ptr(verdict));
		else
			status = finish(cli, run_in_terminal(cli, &plan));
	}
	lab_result_destroy(verdict);
	specs_deinit(&specs);
	return status;
}

static const struct opt opts[] = {
	OPTS_MODULE,
	OPT(OPT_NUMBER, "timeout", 't', timeout_s, "S", "time limit (none)"),
	OPT(OPT_STRINGS, "in", 0, in, "HOST[:GUEST]",
	    "copy a file or directory in first"),
	OPT(OPT_STRINGS, "out", 0, out, "GUEST[:HOST]",
	    "copy a file or directory out after"),
	{0},
};

const struct cmd cmd_shell = {
	.name = "shell",
	.summary = "an interactive shell in a fresh VM",
	.usage = "[OPTION...] [DIR|FILE.c|FILE.ko...] [-- COMMAND [ARG...]]",
	.operands = ANY_NUMBER,
	.takes_command = true,
	.text = "Opens a root shell in a fresh clone, with the modules loaded, in well "
		"under a\n"
		"second; job control and the window's size work. When it ends, the "
		"modules are\n"
		"unloaded and only trouble is reported.\n"
		"\n"
		"  kmlab shell\n"
		"  kmlab shell -k debian/6.12 modules/params\n",
	.opts = opts,
	.run = run_shell,
};
