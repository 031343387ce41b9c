// SPDX-License-Identifier: GPL-2.0-only
/* KTAP version 1: one test per result, its own tests as subtests. */
#include <string.h>

#include "clean.h"
#include "outcome.h"

/* '#' begins a directive, so it may not be part of a name. */
static char *name_of(const char *s)
{
	char *name = clean(s ? s : "unnamed", CLEAN_LINE);

	for (char *c = name; *c; c++)
		if (*c == '#')
			*c = '_';
	return name;
}

static void put_test(FILE *out, const struct ktap_test *t, size_t number)
{
	static const char *const directives[] = {"", "", " # SKIP", " # TODO"};
	_cleanup_free_ char *name = name_of(t->name);

	fprintf(out, "    %s %zu %s%s\n", t->status == KTAP_FAIL ? "not ok" : "ok",
		number, name, directives[t->status]);
}

static void put_result(FILE *out, const struct lab_result *r, size_t number)
{
	_cleanup_free_ char *module = name_of(r->module ? r->module : r->source);
	_cleanup_free_ char *kernel = name_of(r->kernel);
	_cleanup_free_ char *test = r->test ? name_of(r->test) : NULL;

	bool good = r->outcome == LAB_PASS || r->outcome == LAB_SKIPPED;

	if (r->n_tests)
		fprintf(out, "    KTAP version 1\n    1..%zu\n", r->n_tests);
	for (size_t i = 0; i < r->n_tests; i++)
		put_test(out, &r->tests[i], i + 1);
	for (size_t i = 0; i < r->n_events; i++) {
		_cleanup_free_ char *title = clean(r->events[i].title, CLEAN_LINE);

		fprintf(out, "# %s: %s\n", lab_outcome_name(r->events[i].outcome), title);
	}
	if (r->cached)
		fputs("# cached\n", out);
	fprintf(out, "%s %zu %s%s%s on %s", good ? "ok" : "not ok", number, module,
		test ? "/" : "", test ? test : "", kernel);
	if (r->outcome == LAB_CANCELLED)
		fputs(" # SKIP cancelled", out);
	if (r->outcome == LAB_SKIPPED) {
		_cleanup_free_ char *why = clean(r->skipped, CLEAN_LINE);

		fprintf(out, " # SKIP %s", why);
	}
	fputc('\n', out);
}

void lab_result_print_ktap(FILE *out, struct lab_result *const *r, size_t n)
{
	fprintf(out, "KTAP version 1\n1..%zu\n", n);
	for (size_t i = 0; i < n; i++)
		put_result(out, r[i], i + 1);
}
