// SPDX-License-Identifier: GPL-2.0-only
/*
 * KTAP parser. A level is one indentation depth: its plan, how many results it has seen,
 * and where its first result lies in the flat list, so that the parent's result line can
 * prefix the names of its subtests. A parent with subtests is not listed itself unless it
 * fails although all of them passed.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ktap.h"

struct ktap_level {
	size_t indent; /* columns */
	long planned;  /* -1: no plan seen */
	long seen;
	size_t first; /* index of its first test */
};

void ktap_init(struct ktap *k)
{
	memset(k, 0, sizeof(*k));
}

static void test_deinit(struct ktap_test *t)
{
	free(t->name);
	free(t->diagnostic);
}

void ktap_deinit(struct ktap *k)
{
	for (size_t i = 0; i < k->n; i++)
		test_deinit(&k->tests[i]);
	free(k->tests);
	free(k->levels);
	free(k->problem);
	free(k->skipped);
	free(k->why);
	text_deinit(&k->pending);
	memset(k, 0, sizeof(*k));
}

static void problem(struct ktap *k, char *what)
{
	if (k->problem)
		free(what);
	else
		k->problem = what;
}

static void close_level(struct ktap *k)
{
	struct ktap_level *l = &k->levels[--k->n_levels];

	if (l->planned < 0)
		problem(k,
			xprintf("no plan: %ld results without a line '1..N'", l->seen));
	else if (l->planned != l->seen)
		problem(k, xprintf("planned %ld tests but saw %ld", l->planned, l->seen));
}

/* The level for an indentation; deeper ones opened on the way, never closed here. */
static struct ktap_level *level_at(struct ktap *k, size_t indent)
{
	if (k->n_levels && k->levels[k->n_levels - 1].indent >= indent)
		return &k->levels[k->n_levels - 1];
	k->levels = xreallocarray(k->levels, k->n_levels + 1, sizeof(*k->levels));
	k->levels[k->n_levels] =
		(struct ktap_level){.indent = indent, .planned = -1, .first = k->n};
	return &k->levels[k->n_levels++];
}

/* A result at @indent ends every deeper level; returns where their tests began. */
static size_t close_deeper(struct ktap *k, size_t indent, bool *empty)
{
	size_t first = k->n;

	*empty = false;
	while (k->n_levels && k->levels[k->n_levels - 1].indent > indent) {
		first = k->levels[k->n_levels - 1].first;
		*empty = !k->levels[k->n_levels - 1].planned;
		close_level(k);
	}
	return first;
}

static void prefix_names(struct ktap *k, size_t first, const char *name)
{
	for (size_t i = first; i < k->n; i++) {
		char *old = k->tests[i].name;

		k->tests[i].name = xprintf("%s/%s", name, old);
		free(old);
	}
}

static bool any_failed(const struct ktap *k, size_t first)
{
	for (size_t i = first; i < k->n; i++)
		if (k->tests[i].status == KTAP_FAIL)
			return true;
	return false;
}

/* What stands behind "SKIP", or NULL. */
static char *reason_of(const char *word)
{
	word += strcspn(word, ": \t");
	word += strspn(word, ": \t");
	return *word ? xstrdup(word) : NULL;
}

/* "name # SKIP reason": cuts the directive off and says which it was, and why. In KTAP a
 * skip may be "ok" or "not ok". */
static enum ktap_status take_directive(char *name, bool good, char **reason)
{
	char *hash = strstr(name, "# ");
	const char *word;

	if (!hash || (hash > name && hash[-1] == '\\'))
		return good ? KTAP_PASS : KTAP_FAIL;
	word = hash + 2;
	while (isspace((unsigned char)*word))
		word++;
	if (!strncasecmp(word, "SKIP", 4)) {
		*reason = reason_of(word);
		*hash = '\0';
		return KTAP_SKIP;
	}
	if (!strncasecmp(word, "TODO", 4) || !strncasecmp(word, "XFAIL", 5)) {
		*hash = '\0';
		return KTAP_TODO;
	}
	if (!strncasecmp(word, "TIMEOUT", 7) || !strncasecmp(word, "ERROR", 5))
		return KTAP_FAIL;
	return good ? KTAP_PASS : KTAP_FAIL;
}

static void trim_end(char *s)
{
	size_t n = strlen(s);

	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
}

/* Takes over @name and @reason. */
static void add_test(struct ktap *k, char *name, enum ktap_status status, char *reason)
{
	if (reason) {
		text_deinit(&k->pending);
		text_puts(&k->pending, reason);
		free(reason);
	}
	k->tests = xreallocarray(k->tests, k->n + 1, sizeof(*k->tests));
	k->tests[k->n++] = (struct ktap_test){
		.name = name,
		.status = status,
		.diagnostic = k->pending.len ? text_take(&k->pending) : NULL,
	};
	text_deinit(&k->pending);
	k->behind = status == KTAP_FAIL && !k->commented;
}

static void result_line(struct ktap *k, size_t indent, const char *rest, bool good)
{
	bool empty;
	size_t first = close_deeper(k, indent, &empty);
	struct ktap_level *level = level_at(k, indent);
	bool parent = first < k->n;
	_cleanup_free_ char *name = NULL, *reason = NULL;
	enum ktap_status status;
	char *end;
	long number = strtol(rest, &end, 10);

	level->seen++;
	if (end != rest && number != level->seen)
		problem(k, xprintf("test number %ld where %ld was due", number,
				   level->seen));
	while (isspace((unsigned char)*end))
		end++;
	if (*end == '-' && isspace((unsigned char)end[1]))
		end += 2;
	name = xstrdup(end);
	status = take_directive(name, good, &reason);
	trim_end(name);
	if (!*name) {
		free(name);
		name = xprintf("%ld", level->seen);
	}
	if (empty && !parent && status == KTAP_PASS) {
		status = KTAP_SKIP;
		reason = xstrdup(k->why);
	}
	if (parent)
		prefix_names(k, first, name);
	k->behind = false;
	if (!parent || (status == KTAP_FAIL && !any_failed(k, first)))
		add_test(k, take_ptr(name), status, take_ptr(reason));
	k->commented = false;
}

static void other_line(struct ktap *k, const char *line, bool comment)
{
	if (comment && k->behind) {
		struct ktap_test *t = &k->tests[k->n - 1];
		char *old = t->diagnostic;

		t->diagnostic = xprintf("%s%s\n", old ? old : "", line);
		free(old);
		return;
	}
	k->behind = false;
	k->commented |= comment;
	text_printf(&k->pending, "%s\n", line);
}

static bool plan_line(struct ktap *k, size_t indent, const char *s)
{
	struct ktap_level *level;
	char *end;
	long n;

	if (strncmp(s, "1..", 3) || !isdigit((unsigned char)s[3]))
		return false;
	n = strtol(s + 3, &end, 10);
	while (isspace((unsigned char)*end))
		end++;
	if (*end && *end != '#')
		return false;
	level = level_at(k, indent);
	if (level->indent != indent)
		return false;
	if (level->planned >= 0)
		problem(k, xstrdup("a second plan at the same level"));
	level->planned = n;
	k->planned = true;
	if (!n) {
		free(k->why);
		s = strchr(end, '#');
		k->why = s ? reason_of(s + 1 + strspn(s + 1, " \t")) : NULL;
	}
	return true;
}

void ktap_line(struct ktap *k, const char *line)
{
	size_t indent = strspn(line, " ");
	const char *s = line + indent;

	if (str_starts(s, "KTAP version ") || str_starts(s, "TAP version ")) {
		k->seen = true;
		return;
	}
	if (plan_line(k, indent, s)) {
		k->seen = true;
		return;
	}
	if (str_starts(s, "Bail out!")) {
		k->seen = k->bail = true;
		problem(k, xstrdup(s));
		return;
	}
	if (str_starts(s, "ok ") || !strcmp(s, "ok")) {
		k->seen = true;
		result_line(k, indent, s + 2 + (s[2] == ' '), true);
	} else if (str_starts(s, "not ok ") || !strcmp(s, "not ok")) {
		k->seen = true;
		result_line(k, indent, s + 6 + (s[6] == ' '), false);
	} else if (*s) {
		other_line(k, line, *s == '#');
	}
}

void ktap_text(struct ktap *k, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		_cleanup_free_ char *line = xstrndup(text, n);

		if (n && line[n - 1] == '\r')
			line[n - 1] = '\0';
		ktap_line(k, line);
		text += n + (text[n] == '\n');
	}
}

static bool all_skipped(const struct ktap *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->tests[i].status != KTAP_SKIP)
			return false;
	return true;
}

void ktap_finish(struct ktap *k)
{
	while (k->n_levels)
		close_level(k);
	if (!k->seen)
		problem(k, xstrdup("no KTAP output"));
	else if (!k->n && !k->planned)
		problem(k, xstrdup("no plan and no result"));
	if (k->problem || !all_skipped(k))
		return;
	if (k->n)
		k->skipped =
			xprintf("%s%s%s", k->n == 1 ? "its only test" : "all its tests",
				k->tests[0].diagnostic ? ": " : "",
				k->tests[0].diagnostic ? k->tests[0].diagnostic : "");
	else
		k->skipped = xstrdup(k->why ? k->why : "no reason given");
}

bool ktap_passed(const struct ktap *k)
{
	return k->seen && !k->problem && !k->bail && !any_failed(k, 0);
}
