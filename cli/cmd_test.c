// SPDX-License-Identifier: GPL-2.0-only
/* kmlab test: every test of every module, each in its own clone. */
#include <string.h>

#include "fs.h"

#include "run.h"

#include "parallel.h"
#include "specs.h"
#include "ui.h"
#include "verdicts.h"

/* One source on one kernel: planned once, then one item for each of its tests. */
struct unit {
	struct lab_run_spec spec;
	char *sources[2];
	char **argv; /* a command as the only test, or NULL */
	struct lab_plan plan;
	struct lab_result *verdict; /* set when there is nothing to run */
};

struct item {
	struct unit *unit;
	const char *test; /* NULL: the module has none, load and unload it */
	struct lab_result *result;
};

struct suite {
	struct unit *units;
	size_t n_units;
	struct item *items;
	size_t n_items;
};

static void plan_unit(struct lab *lab, size_t i, void *data)
{
	struct unit *u = &((struct suite *)data)->units[i];
	struct lab_result *verdict = lab_result_create();
	int err = lab_plan_make(lab, &u->spec, &u->plan, verdict);

	if (err > 0)
		u->verdict = take_ptr(verdict);
	else if (err)
		u->verdict = lab_trouble(lab, &u->spec, err);
	lab_result_destroy(verdict);
}

static void run_item(struct lab *lab, size_t i, void *data)
{
	struct item *item = &((struct suite *)data)->items[i];
	struct lab_command command = LAB_COMMAND_INIT;

	if (item->unit->verdict) {
		item->result = take_ptr(item->unit->verdict);
		return;
	}
	if (lab_cancelled(lab)) {
		item->result = lab_trouble(lab, &item->unit->spec, -ECANCELED);
		return;
	}
	command.test = item->test;
	command.wants_tests = true;
	command.argv = item->unit->argv;
	command.is_test = command.argv != NULL;
	lab_plan_run(lab, &item->unit->plan, &command, &item->result);
}

static void add_item(struct suite *s, struct unit *u, const char *test)
{
	s->items = xreallocarray(s->items, s->n_items + 1, sizeof(*s->items));
	s->items[s->n_items++] = (struct item){.unit = u, .test = test};
}

static void make_items(struct cli *cli, struct suite *s)
{
	const char *only = cli->opt.tests;

	for (size_t i = 0; i < s->n_units; i++) {
		struct unit *u = &s->units[i];
		const struct strv *tests = &u->plan.tests;

		if (u->verdict || u->argv || (!tests->n && !only)) {
			add_item(s, u, NULL);
			continue;
		}
		for (size_t t = 0; t < tests->n; t++)
			if (!only || strstr(tests->v[t], only))
				add_item(s, u, tests->v[t]);
	}
}

static void make_units(struct cli *cli, struct suite *s, const struct specs *specs)
{
	/* A command may do without a module, and needs all of them together. */
	size_t each = cli->command ? 1 : (size_t)cli->argc;

	s->n_units = each * specs->n;
	s->units = xcalloc(s->n_units, sizeof(*s->units));
	for (size_t i = 0; i < s->n_units; i++) {
		struct unit *u = &s->units[i];

		u->spec = specs->spec[i % specs->n];
		u->spec.proof = cli->opt.fresh ? LAB_PROOF_FRESH : LAB_PROOF_STORED;
		u->argv = cli->command;
		if (u->argv)
			continue;
		u->sources[0] = cli->argv[i / specs->n];
		u->spec.sources = u->sources;
	}
}

static bool nothing_to_run(const struct suite *s)
{
	_cleanup_free_ struct lab_result **verdicts =
		xcalloc(s->n_units, sizeof(*verdicts));

	for (size_t i = 0; i < s->n_units; i++)
		verdicts[i] = s->units[i].verdict;
	return verdicts_none(verdicts, s->n_units);
}

static void free_suite(struct suite *s)
{
	for (size_t i = 0; i < s->n_units; i++)
		lab_plan_deinit(&s->units[i].plan);
	free(s->units);
	free(s->items);
}

/* What is wrong for all is an error and not a table. */
static int fail_early(struct cli *cli, struct suite *s)
{
	int status = verdicts_fail(cli, s->units[0].verdict);

	for (size_t i = 0; i < s->n_units; i++)
		lab_result_destroy(s->units[i].verdict);
	free_suite(s);
	return status;
}

static int finish(struct cli *cli, struct suite *s)
{
	_cleanup_free_ struct lab_result **results =
		xcalloc(s->n_items, sizeof(*results));
	int status;

	for (size_t i = 0; i < s->n_items; i++)
		results[i] = s->items[i].result;
	status = verdicts_finish(cli, results, s->n_items, stdout, s->n_items > 1);
	free_suite(s);
	return status;
}

static int none_chosen(struct cli *cli, struct suite *s)
{
	const struct strv *tests = &s->units[0].plan.tests;
	_cleanup_free_ char *names = strv_join(tests, ", ");
	int status =
		ui_usage(cli, "no test has '%s' in its name; '%s' has %s", cli->opt.tests,
			 s->units[0].sources[0], tests->n ? names : "none");

	free_suite(s);
	return status;
}

static int run_items(struct cli *cli, struct suite *s)
{
	make_items(cli, s);
	if (!s->n_items)
		return none_chosen(cli, s);
	parallel_for(cli, s->n_items, parallel_guests(cli), run_item, s);
	return finish(cli, s);
}

static int run_test(struct cli *cli)
{
	struct suite suite = {0};
	struct specs specs = {0};
	int status;

	if (!cli->argc && !cli->command)
		return ui_usage(cli,
				"no module named; try 'kmlab test modules/hello', or "
				"'kmlab test -- COMMAND' without one");
	status = specs_init(cli, &specs);
	if (!status) {
		make_units(cli, &suite, &specs);
		parallel_for(cli, suite.n_units, parallel_cores(), plan_unit, &suite);
		status = nothing_to_run(&suite) ? fail_early(cli, &suite)
						: run_items(cli, &suite);
	}
	specs_deinit(&specs);
	return status;
}

static const struct opt opts[] = {
	OPTS_MODULE,
	OPTS_REPORT,
	OPT_IN,
	OPT(OPT_STRING, "only", 0, tests, "TEXT", "only tests whose name contains TEXT"),
	OPT(OPT_STRING, "suite", 0, suite, "NAME", "judge with that module's tests"),
	OPT(OPT_STRING, "expect", 0, expect, "OUTCOME",
	    "what is right instead of pass, e.g. 'oops|panic'"),
	OPT(OPT_FLAG, "fresh", 0, fresh, NULL, "run also what was proven before"),
	{0},
};

const struct cmd cmd_test = {
	.name = "test",
	.summary = "run a module's tests, each in its own VM",
	.usage = "[OPTION...] DIR|FILE.c|FILE.ko... [-- COMMAND [ARG...]]",
	.operands = ANY_NUMBER,
	.takes_command = true,
	.text = "Runs every test in DIR/tests (*.sh, and *.c compiled statically), each "
		"in a fresh\n"
		"clone with the module loaded; with COMMAND, only that, as a test. "
		"--suite judges\n"
		"a module with another one's tests.\n"
		"\n"
		"What has passed is not run again while all that its guest saw is the "
		"same: the\n"
		"stored facts are judged anew, and the verdict says 'cached'. --fresh "
		"runs it all.\n"
		"\n"
		"  kmlab test modules/hello modules/params\n"
		"  kmlab test -k debian/5.10 -k debian/7.2 modules/params\n"
		"  kmlab test --suite params ./my_params.ko\n"
		"  kmlab test --expect oops tests/broken/null-in-init.c\n"
		"  kmlab test --fresh modules/hello -- test -d /sys/module/hello\n",
	.opts = opts,
	.run = run_test,
};
