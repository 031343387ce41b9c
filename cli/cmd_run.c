// SPDX-License-Identifier: GPL-2.0-only
/* kmlab run: one verdict per kernel. */
#include <string.h>
#include <sys/mman.h>

#include "run.h"

#include "parallel.h"
#include "specs.h"
#include "ui.h"
#include "verdicts.h"

struct run {
	struct cli *cli;
	struct specs specs;
	struct lab_plan *plans;
	struct lab_result **results; /* set by the plan when there is nothing to run */
	int *out, *err; /* memory files of the commands' output; -1: straight through */
};

static void plan_one(struct lab *lab, size_t i, void *data)
{
	struct run *run = data;
	const struct lab_run_spec *spec = &run->specs.spec[i];
	struct lab_result *verdict = lab_result_create();
	int err = lab_plan_make(lab, spec, &run->plans[i], verdict);

	if (err > 0)
		run->results[i] = take_ptr(verdict);
	lab_result_destroy(verdict);
	if (err < 0)
		run->results[i] = lab_trouble(lab, spec, err);
}

static void run_one(struct lab *lab, size_t i, void *data)
{
	struct run *run = data;
	struct lab_command command = LAB_COMMAND_INIT;

	if (run->results[i])
		return;
	command.argv = run->cli->command;
	command.all_tests = !command.argv && run->plans[i].tests.n;
	if (command.argv) {
		command.stdin_fd = run->specs.n == 1 ? STDIN_FILENO : -1;
		command.stdout_fd = run->out[i];
		command.stderr_fd = run->err[i];
	}
	lab_plan_run(lab, &run->plans[i], &command, &run->results[i]);
}

static void show_output(int fd, FILE *to)
{
	_cleanup_text_ struct text t = TEXT_INIT;

	if (fd < 3 || lseek(fd, 0, SEEK_SET) < 0)
		return;
	text_read_fd(&t, fd);
	fwrite(t.s, 1, t.len, to);
	close(fd);
}

/* With several kernels each command's output is kept and shown in the kernels' order. */
static void prepare_output(struct run *run)
{
	bool single = run->specs.n == 1;
	bool json = strcmp(run->cli->opt.format, "text") != 0 && !run->cli->opt.report;

	for (size_t i = 0; i < run->specs.n; i++) {
		run->out[i] = single ? STDOUT_FILENO : memfd_create("out", MFD_CLOEXEC);
		run->err[i] = single ? STDERR_FILENO : memfd_create("err", MFD_CLOEXEC);
		/* Standard output belongs to the machine-readable report then. */
		if (single && json)
			run->out[i] = STDERR_FILENO;
	}
}

static void show_all_output(struct run *run)
{
	for (size_t i = 0; i < run->specs.n && run->cli->command; i++) {
		if (run->specs.n == 1)
			return;
		if (!run->cli->opt.json)
			printf("== %s ==\n", run->specs.spec[i].kernel);
		show_output(run->out[i], run->cli->opt.json ? stderr : stdout);
		show_output(run->err[i], stderr);
	}
}

static int fail_all(struct run *run)
{
	int status = verdicts_fail(run->cli, run->results[0]);

	for (size_t i = 0; i < run->specs.n; i++)
		lab_result_destroy(run->results[i]);
	return status;
}

static int run_all(struct run *run)
{
	struct cli *cli = run->cli;
	size_t n = run->specs.n;
	_cleanup_free_ struct lab_plan *plans = xcalloc(n, sizeof(*plans));
	_cleanup_free_ struct lab_result **results = xcalloc(n, sizeof(*results));
	_cleanup_free_ int *out = xcalloc(n, sizeof(*out));
	_cleanup_free_ int *err = xcalloc(n, sizeof(*err));
	bool machine = strcmp(cli->opt.format, "text") != 0;
	bool none;

	run->plans = plans;
	run->results = results;
	run->out = out;
	run->err = err;
	prepare_output(run);
	parallel_for(cli, n, parallel_cores(), plan_one, run);
	none = verdicts_none(results, n);
	if (!none)
		parallel_for(cli, n, parallel_guests(cli), run_one, run);
	for (size_t i = 0; i < n; i++)
		lab_plan_deinit(&plans[i]);
	if (none)
		return fail_all(run);
	show_all_output(run);
	/* The command's standard output is ours: the report must not mix with it. */
	return verdicts_finish(cli, results, n,
			       cli->command && !machine ? stderr : stdout, n > 1);
}

static int run_run(struct cli *cli)
{
	struct run run = {.cli = cli};
	int status;

	if (!cli->argc && !cli->command)
		return ui_usage(cli, "no module named; try 'kmlab run modules/hello', or "
				     "'kmlab run -- COMMAND' without one");
	status = specs_init(cli, &run.specs);
	if (!status)
		status = run_all(&run);
	specs_deinit(&run.specs);
	return status;
}

static const struct opt opts[] = {
	OPTS_MODULE,
	OPTS_REPORT,
	OPT_IN,
	OPT(OPT_STRINGS, "out", 0, out, "GUEST[:HOST]",
	    "copy a file or directory out after"),
	OPT(OPT_STRING, "suite", 0, suite, "NAME", "judge with that module's tests"),
	{0},
};

const struct cmd cmd_run = {
	.name = "run",
	.summary = "judge modules in a fresh VM: build, load, test, unload, leaks",
	.usage = "[OPTION...] DIR|FILE.c|FILE.ko... [-- COMMAND [ARG...]]",
	.operands = ANY_NUMBER,
	.takes_command = true,
	.text = "Builds what needs building, clones a VM, loads the modules in "
		"dependency order,\n"
		"runs COMMAND (or the module's own tests, or nothing), unloads, looks "
		"for what is\n"
		"left, and prints the verdict. With COMMAND, its input and output are "
		"yours and the\n"
		"report goes to stderr; its exit status is kmlab's unless something "
		"worse happened.\n"
		"Several --kernel give a table.\n"
		"\n"
		"  kmlab run modules/hello\n"
		"  kmlab run -k debian/5.10 -k debian/6.12 hello.c\n"
		"  kmlab run -p mystring=\"good day\" modules/params -- dmesg\n",
	.opts = opts,
	.run = run_run,
};
