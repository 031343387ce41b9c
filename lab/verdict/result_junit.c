// SPDX-License-Identifier: GPL-2.0-only
/* JUnit XML: one suite per result; the run itself is a case, and each of its tests. */
#include <string.h>
#include <time.h>

#include "clean.h"
#include "event.h"
#include "outcome.h"

static void attribute(FILE *out, const char *name, const char *value)
{
	_cleanup_free_ char *text = clean(value, CLEAN_XML);

	fprintf(out, " %s=\"%s\"", name, text);
}

static void put_text(FILE *out, const char *s)
{
	_cleanup_free_ char *text = clean(s, CLEAN_LINES | CLEAN_XML);

	fprintf(out, "%s\n", text);
}

static bool is_our_trouble(const struct lab_result *r)
{
	return r->outcome == LAB_HOST_TROUBLE || r->outcome == LAB_CANCELLED;
}

static void open_case(FILE *out, const struct lab_result *r, const char *name, double ms)
{
	fputs("    <testcase", out);
	attribute(out, "name", name);
	attribute(out, "classname", r->module ? r->module : r->source);
	fprintf(out, " time=\"%.3f\">\n", ms / 1000);
}

/* The element's text is the evidence: each event with its lines. */
static void put_run(FILE *out, const struct lab_result *r)
{
	const char *element = is_our_trouble(r) ? "error" : "failure";

	open_case(out, r, r->test ? r->test : "run", r->total_ms);
	if (r->cached)
		fputs("      <properties><property name=\"cached\" value=\"true\"/>"
		      "</properties>\n",
		      out);
	if (r->outcome == LAB_SKIPPED) {
		fputs("      <skipped", out);
		attribute(out, "message", r->summary);
		fputs("/>\n", out);
	} else if (r->outcome != LAB_PASS) {
		fprintf(out, "      <%s", element);
		attribute(out, "message", r->summary);
		attribute(out, "type", lab_outcome_name(r->outcome));
		fputc('>', out);
		for (size_t i = 0; i < r->n_events; i++) {
			put_text(out, r->events[i].title);
			for (size_t k = 0; k < r->events[i].detail.n; k++)
				put_text(out, r->events[i].detail.v[k]);
		}
		if (r->hint)
			put_text(out, r->hint);
		fprintf(out, "</%s>\n", element);
	}
	fputs("    </testcase>\n", out);
}

static void put_test(FILE *out, const struct lab_result *r, const struct ktap_test *t)
{
	open_case(out, r, t->name ? t->name : "unnamed", 0);
	if (t->status == KTAP_FAIL) {
		fputs("      <failure", out);
		attribute(out, "message", "test failed");
		fputc('>', out);
		put_text(out, t->diagnostic);
		fputs("</failure>\n", out);
	} else if (t->status != KTAP_PASS) {
		fputs("      <skipped/>\n", out);
	}
	fputs("    </testcase>\n", out);
}

struct counts {
	size_t tests, failures, errors, skipped;
};

static struct counts count(const struct lab_result *r)
{
	struct counts c = {.tests = r->n_tests + 1};

	c.errors = is_our_trouble(r);
	c.skipped = r->outcome == LAB_SKIPPED;
	c.failures = r->outcome != LAB_PASS && !c.errors && !c.skipped;
	for (size_t i = 0; i < r->n_tests; i++) {
		c.failures += r->tests[i].status == KTAP_FAIL;
		c.skipped += r->tests[i].status == KTAP_SKIP ||
			     r->tests[i].status == KTAP_TODO;
	}
	return c;
}

static void put_system_out(FILE *out, const struct lab_result *r)
{
	const struct strv *lines = r->console.n ? &r->console : &r->log;

	if (!lines->n)
		return;
	fputs("    <system-out>", out);
	for (size_t i = 0; i < lines->n; i++)
		put_text(out, lines->v[i]);
	fputs("</system-out>\n", out);
}

static void put_suite(FILE *out, const struct lab_result *r)
{
	const struct counts c = count(r);
	time_t started = (time_t)r->started;
	char stamp[32] = "";
	struct tm tm;

	if (gmtime_r(&started, &tm))
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	fputs("  <testsuite", out);
	attribute(out, "name", r->kernel ? r->kernel : "kmlab");
	attribute(out, "timestamp", stamp);
	fprintf(out,
		" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\""
		" time=\"%.3f\">\n",
		c.tests, c.failures, c.errors, c.skipped, r->total_ms / 1000);
	put_run(out, r);
	for (size_t i = 0; i < r->n_tests; i++)
		put_test(out, r, &r->tests[i]);
	put_system_out(out, r);
	fputs("  </testsuite>\n", out);
}

void lab_result_print_junit(FILE *out, struct lab_result *const *r, size_t n)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
	for (size_t i = 0; i < n; i++)
		put_suite(out, r[i]);
	fputs("</testsuites>\n", out);
}
