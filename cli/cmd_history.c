// SPDX-License-Identifier: GPL-2.0-only
/* kmlab history: what was judged before. */
#include <string.h>
#include <time.h>

#include "verdict/history.h"
#include "verdict/result.h"

#include "ui.h"

static void print_json(json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
}

static const char *text_of(json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	return s && *s ? s : "-";
}

/* "90s", "15m", "2h", "3d": so long ago, as seconds since 1970. */
static int parse_since(const char *word, long long *ret)
{
	static const struct {
		char unit;
		int seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	size_t len = strlen(word);
	_cleanup_free_ char *digits = xstrndup(word, len ? len - 1 : 0);
	long long n;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!len || word[len - 1] != units[i].unit ||
		    str_number(digits, 0, 1000000000, &n))
			continue;
		*ret = (long long)time(NULL) - n * units[i].seconds;
		return 0;
	}
	return -EINVAL;
}

/* @time: total_ms, or without the build guest_ms. */
static void print_row(json_t *row, const char *time)
{
	const char *test = json_string_value(json_object_get(row, "test"));

	time_t when = (time_t)json_integer_value(json_object_get(row, "started"));
	char date[32] = "";
	struct tm tm;

	if (localtime_r(&when, &tm))
		strftime(date, sizeof(date), "%F %T", &tm);
	printf("%6lld  %s  %-14s %-14s %-14s %7.2f s%s  %s%s%s\n",
	       (long long)json_integer_value(json_object_get(row, "id")), date,
	       text_of(row, "kernel"), text_of(row, "module"), text_of(row, "outcome"),
	       json_number_value(json_object_get(row, time)) / 1e3,
	       json_is_true(json_object_get(row, "cached")) ? "  cached" : "",
	       test ? test : "", test ? ": " : "", text_of(row, "summary"));
}

static int show(struct cli *cli, const char *word)
{
	json_t *result = NULL;
	long long id;
	int err;

	if (str_number(word, 1, INT64_MAX, &id))
		return ui_usage(
			cli, "'%s' is not a number of a run; 'kmlab history' lists them",
			word);
	err = lab_history_get(&cli->lab, id, &result);
	if (err)
		return ui_failed(cli, err);
	print_json(result);
	json_decref(result);
	return EXIT_OK;
}

static int run_history(struct cli *cli)
{
	struct lab_history_query query = {
		.module = cli->opt.module,
		.kernel = cli->opt.kernels.n ? cli->opt.kernels.v[0] : NULL,
		.outcome = cli->opt.outcome,
		.limit = cli->opt.limit ? cli->opt.limit : 20,
		.slowest = cli->opt.slowest,
	};
	enum lab_outcome outcome;
	json_t *rows = NULL;
	int err;

	if (cli->argc)
		return show(cli, cli->argv[0]);
	if (cli->opt.outcome && !lab_outcome_find(cli->opt.outcome, &outcome))
		return ui_usage(cli,
				"'--outcome %s' is no outcome, as pass, oops or leak are "
				"(kmlab-run(1) lists them)",
				cli->opt.outcome);
	if (cli->opt.since && parse_since(cli->opt.since, &query.since))
		return ui_usage(cli,
				"'--since %s' is no span of time; write for example "
				"90s, 15m, 2h or 3d",
				cli->opt.since);
	err = lab_history_list(&cli->lab, &query, &rows);
	if (err)
		return ui_failed(cli, err);
	if (cli->opt.json)
		print_json(rows);
	else if (!json_array_size(rows))
		puts("no runs recorded");
	/* Newest (or slowest) last, beside the prompt. */
	for (size_t i = json_array_size(rows); !cli->opt.json && i > 0; i--)
		print_row(json_array_get(rows, i - 1),
			  query.slowest ? "guest_ms" : "total_ms");
	json_decref(rows);
	return EXIT_OK;
}

static const struct opt opts[] = {
	OPT_KERNEL,
	OPT(OPT_STRING, "module", 'm', module, "TEXT",
	    "only modules whose name contains TEXT"),
	OPT(OPT_STRING, "outcome", 0, outcome, "NAME", "only this outcome, e.g. oops"),
	OPT(OPT_STRING, "since", 0, since, "SPAN",
	    "not older than, e.g. 90s, 15m, 2h or 3d"),
	OPT(OPT_FLAG, "slowest", 0, slowest, NULL, "by the time of their guests"),
	OPT(OPT_NUMBER, "limit", 'n', limit, "N", "that many, newest or slowest (20)"),
	OPT_JSON,
	{0},
};

const struct cmd cmd_history = {
	.name = "history",
	.summary = "runs of the past",
	.usage = "[OPTION...] [NUMBER]",
	.operands = 1,
	.text = "Lists recorded runs, newest last; with NUMBER, that run's whole result "
		"as JSON.\n"
		"'cached' marks those judged from stored facts.\n"
		"\n"
		"  kmlab history --outcome oops\n"
		"  kmlab history --slowest --since 2h\n"
		"  kmlab history 12\n",
	.opts = opts,
	.run = run_history,
};
