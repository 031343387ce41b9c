// SPDX-License-Identifier: GPL-2.0-only
/* From results to output; see verdicts.h. */
#include <string.h>

#include "verdict/history.h"

#include "specs.h"
#include "ui.h"
#include "verdicts.h"

#define FAILURES_SHOWN 8

/* A line for each, then why those failed that did. */
static void print_table(struct lab_result **r, size_t n, FILE *out, bool colour)
{
	size_t failed = 0, untested = 0;

	lab_result_print_table(out, r, n, colour);
	for (size_t i = 0; i < n; i++)
		untested += r[i]->untested && r[i]->outcome == LAB_PASS;
	if (untested)
		fprintf(out,
			"note: %zu of these without a test: only loaded and unloaded\n",
			untested);
	for (size_t i = 0; i < n; i++) {
		if (r[i]->outcome == LAB_PASS || ++failed > FAILURES_SHOWN)
			continue;
		fputc('\n', out);
		lab_result_print_text(out, r[i], colour);
	}
	if (failed > FAILURES_SHOWN)
		fprintf(out, "\n... and %zu more that failed; '--json' has all of it\n",
			failed - FAILURES_SHOWN);
}

static void print(struct cli *cli, struct lab_result **r, size_t n, FILE *out, bool table)
{
	const char *format = cli->opt.format;
	bool colour = ui_colour(fileno(out));

	if (!strcmp(format, "json")) {
		lab_result_print_json(out, r, n);
	} else if (!strcmp(format, "ktap")) {
		lab_result_print_ktap(out, r, n);
	} else if (!strcmp(format, "junit")) {
		lab_result_print_junit(out, r, n);
	} else if (table) {
		print_table(r, n, out, colour);
	} else {
		for (size_t i = 0; i < n; i++)
			lab_result_print_text(out, r[i], colour);
	}
}

static int print_report(struct cli *cli, struct lab_result **r, size_t n, FILE *to,
			bool table)
{
	_cleanup_fclose_ FILE *file = NULL;
	const char *path = cli->opt.report;

	if (path) {
		file = fopen(path, "we");
		if (!file) {
			ui_error(cli, "cannot write the report '%s': %s", path,
				 strerror(errno));
			return EXIT_FAILED;
		}
		to = file;
	}
	print(cli, r, n, to, table);
	if (fflush(to) || ferror(to)) {
		ui_error(cli, "cannot write the report: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return EXIT_OK;
}

static int exit_status(const struct cli *cli, const struct lab_result *r)
{
	bool own = cli->command && r->has_command;

	if (r->outcome == LAB_HOST_TROUBLE && ui_missing(r->trouble))
		return EXIT_MISSING;
	if (r->outcome == LAB_HOST_TROUBLE && ui_bad_input(r->trouble))
		return EXIT_USAGE;
	if (own && r->outcome == LAB_PASS)
		return r->command_status;
	/* A command that ended well does not make up for files that were not copied. */
	if (own && r->outcome == LAB_TEST_FAILED && r->command_status)
		return r->command_status;
	return lab_outcome_exit(r->outcome);
}

bool verdicts_none(struct lab_result *const *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!r[i] || !r[i]->trouble || (n > 1 && r[i]->trouble == -ECANCELED) ||
		    strcmp(r[i]->summary, r[0]->summary))
			return false;
	return n > 0;
}

int verdicts_fail(struct cli *cli, const struct lab_result *r)
{
	lab_fail(&cli->lab, r->trouble, "%s", r->summary);
	return ui_failed(cli, r->trouble);
}

/* With --expect an outcome is right or wrong, and the exit status says which. */
static bool is_expected(const struct cli *cli, struct lab_result *r)
{
	if (specs_expected(cli) & 1U << r->outcome)
		return true;
	strv_printf(&r->notes, "expected '%s', not '%s'", cli->opt.expect,
		    lab_outcome_name(r->outcome));
	return false;
}

int verdicts_finish(struct cli *cli, struct lab_result **results, size_t n, FILE *to,
		    bool table)
{
	bool right = true;
	size_t worst = 0, passed = 0;
	int status;

	ui_clear();
	for (size_t i = 0; i < n; i++) {
		/* History is a convenience: a full disk must not hide the verdict. */
		if (lab_history_add(&cli->lab, results[i]) < 0)
			ui_note(cli, "kmlab: not recorded: %s", lab_error(&cli->lab));
		if (results[i]->outcome > results[worst]->outcome)
			worst = i;
		passed += results[i]->outcome == LAB_PASS;
		if (cli->opt.expect)
			right &= is_expected(cli, results[i]);
	}
	status = print_report(cli, results, n, to, table);
	if (!status && cli->opt.expect)
		status = right ? EXIT_OK : EXIT_FAILED;
	else if (!status && n && !(passed && results[worst]->outcome == LAB_SKIPPED))
		status = exit_status(cli, results[worst]);
	for (size_t i = 0; i < n; i++)
		lab_result_destroy(results[i]);
	return status;
}
