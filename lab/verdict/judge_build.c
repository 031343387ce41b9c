// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_change.h"
#include "below.h"
#include "complaint.h"
#include "definition.h"
#include "fs.h"
#include "header.h"
#include "include_hint.h"
#include "judge_build.h"

enum { COMPLAINTS_READ = 64, NOTES_MAX = 8, TITLE_MAX = 400, MAKEFILE_MAX = 1 << 20 };

struct source {
	char *dir; /* that was built, absolute; NULL: it is gone */
	bool file; /* one .c file in it was named */
};

static struct source source_of(const char *name)
{
	struct source s = {.dir = name ? realpath(name, NULL) : NULL};

	s.file = s.dir && !fs_is_dir(s.dir);
	if (s.file)
		*strrchr(s.dir, '/') = '\0';
	return s;
}

/* The part of @s between @before and @after; NULL: it is not there. */
static char *between(const char *s, const char *before, const char *after)
{
	const char *start = strstr(s, before), *end;

	if (!start)
		return NULL;
	start += strlen(before);
	end = strstr(start, after);
	return end && end > start ? xstrndup(start, (size_t)(end - start)) : NULL;
}

/* --- a missing symbol --------------------------------------------------------------- */

/* "modpost: "foo" [/a/b/sub/mod.ko] undefined!": as a query for its definition. */
static char *hint_definition(const struct source *source, const char *symbol,
			     const char *message)
{
	_cleanup_free_ char *ko = between(message, "\" [", "] undefined!");
	const char *rel = ko && source->dir ? path_rest(ko, source->dir) : NULL;
	_cleanup_free_ char *below = NULL, *module = NULL;
	const char *base;

	if (!ko || !source->dir)
		return NULL;
	if (!rel && ko[0] != '/')
		rel = ko;
	if (!rel || !*rel)
		return NULL;
	base = fs_basename(rel);
	below = xstrndup(rel, base > rel ? (size_t)(base - rel - 1) : 0);
	module = xstrndup(base, strcspn(base, "."));
	return definition_hint(&(struct definition_query){
		.dir = source->dir,
		.below = below,
		.module = module,
		.symbol = symbol,
		.file = source->file,
	});
}

static char *hint_undefined(const struct build_facts *facts, const struct source *source,
			    const struct complaint *c)
{
	_cleanup_free_ char *symbol = between(c->message, "\"", "\" [");
	char *hint = NULL;

	if (!symbol || !strstr(c->message, "undefined!"))
		return NULL;
	hint = hint_definition(source, symbol, c->message);
	if (!hint)
		hint = api_change_find(c, facts->release);
	if (!hint)
		hint = xstrdup("no module or kernel exports this symbol: name the module "
			       "that does first, as in 'kmlab run PROVIDER CONSUMER', or "
			       "use what the kernel offers instead");
	return hint;
}

/* --- Kbuild, modpost, objtool ------------------------------------------------------- */

/* "module m uses symbol s from namespace N, but does not import it." */
static char *hint_namespace(const struct build_facts *facts, const struct source *source,
			    const struct complaint *c)
{
	_cleanup_free_ char *name = between(c->message, " from namespace ", ",");
	const char *quote = api_release(facts->release) >= API_RELEASE(6, 13) ? "\"" : "";

	(void)source;
	if (!name || !strstr(c->message, "does not import it"))
		return NULL;
	return xprintf("add MODULE_IMPORT_NS(%s%s%s); (since 6.13 the name is a string, "
		       "before it is a bare word)",
		       quote, name, quote);
}

static char *hint_licence(const struct build_facts *facts, const struct source *source,
			  const struct complaint *c)
{
	(void)facts;
	(void)source;
	if (strstr(c->message, "missing MODULE_LICENSE()"))
		return xstrdup("add MODULE_LICENSE(\"GPL\"); to the module");
	if (strstr(c->message, "GPL-incompatible module"))
		return xstrdup("only modules under the GPL may use this symbol: "
			       "MODULE_LICENSE(\"GPL\"), or do without it");
	return NULL;
}

static char *hint_objtool(const struct build_facts *facts, const struct source *source,
			  const struct complaint *c)
{
	(void)facts;
	(void)source;
	if (!strstr(c->message, "Magic init_module() function name"))
		return NULL;
	return xstrdup("give init_module() and cleanup_module() names of their own, "
		       "static, and register them: module_init(my_init); "
		       "module_exit(my_exit);");
}

/* "Circular mod.o <- mod.o dependency dropped." */
static char *hint_circle(const struct build_facts *facts, const struct source *source,
			 const struct complaint *c)
{
	_cleanup_free_ char *path = between(c->message, "Circular ", ".o <- ");
	const char *name = path ? fs_basename(path) : NULL;

	(void)facts;
	(void)source;
	if (!name)
		return NULL;
	return xprintf("an object cannot be made of itself, so '%s.c' is left out: give "
		       "the module another name than its source, as in 'obj-m := NAME.o' "
		       "and 'NAME-objs := %s.o ...'",
		       name, name);
}

/* A word that is set, and not only handed on to ccflags-y. */
static bool sets_extra_cflags(const char *text)
{
	static const char word[] = "EXTRA_CFLAGS";
	bool set = false;

	if (strstr(text, "$(EXTRA_CFLAGS)") || strstr(text, "${EXTRA_CFLAGS}"))
		return false;
	for (const char *s = text; (s = strstr(s, word)); s++) {
		const char *end = s + strlen(word);

		end += strspn(end, " \t");
		set = set || *end == '=' || (strchr("+:?", *end) && end[1] == '=');
	}
	return set;
}

/* What EXTRA_CFLAGS would have given: a place for headers, or a macro. */
static char *hint_extra_cflags(const struct build_facts *facts,
			       const struct source *source, const struct complaint *c)
{
	_cleanup_close_ int top = source->dir ? below_top(source->dir) : -1;
	_cleanup_free_ char *text = NULL;

	if (source->file || top < 0 || api_release(facts->release) < API_RELEASE(6, 15) ||
	    (!strstr(c->message, "No such file or directory") &&
	     !strstr(c->message, "file not found") && !strstr(c->message, "undeclared") &&
	     !strstr(c->message, "#error")))
		return NULL;
	if (below_read(top, "Kbuild", MAKEFILE_MAX, &text, NULL) &&
	    below_read(top, "Makefile", MAKEFILE_MAX, &text, NULL))
		return NULL;
	if (!sets_extra_cflags(text))
		return NULL;
	return xstrdup("since 6.15 Kbuild ignores EXTRA_CFLAGS: write ccflags-y in its "
		       "place");
}

/* ------------------------------------------------------------------------------------ */

static char *hint_api(const struct build_facts *facts, const struct source *source,
		      const struct complaint *c)
{
	(void)source;
	return api_change_find(c, facts->release);
}

static char *hint_include(const struct build_facts *facts, const struct source *source,
			  const struct complaint *c)
{
	(void)source;
	return api_release(facts->release) ? include_hint(c, facts->log) : NULL;
}

static char *hint_header(const struct build_facts *facts, const struct source *source,
			 const struct complaint *c)
{
	(void)facts;
	return source->dir && !source->file ? header_hint(source->dir, c) : NULL;
}

static char *hint_of(const struct build_facts *facts, const struct source *source,
		     const struct complaint *c)
{
	static char *(*const rules[])(const struct build_facts *, const struct source *,
				      const struct complaint *) = {
		hint_circle,  hint_undefined,	 hint_namespace,
		hint_licence, hint_objtool,	 hint_api,
		hint_include, hint_extra_cflags, hint_header,
	};
	char *hint = NULL;

	for (size_t i = 0; !hint && i < sizeof(rules) / sizeof(*rules); i++)
		hint = rules[i](facts, source, c);
	return hint;
}

static char *title_of(const struct build_facts *facts, const struct complaint *first)
{
	_cleanup_free_ char *place = NULL;
	bool more;

	if (!first->message)
		return xprintf("does not build: make ended with status %d in '%s'",
			       facts->status, facts->source);
	place = complaint_place(first);
	more = strlen(first->message) > TITLE_MAX;
	return xprintf("does not build: %s%s%.*s%s", place ? place : "",
		       place ? ": " : "", TITLE_MAX, first->message, more ? "..." : "");
}

/* The first next step that is known is the verdict's; others are notes. One that is not
 * for the headline's error must not read as if it were. */
static void add_hint(struct lab_result *r, struct strv *seen, const struct complaint *c,
		     bool headline, char *hint)
{
	_cleanup_free_ char *place = complaint_place(c), *own = hint;
	bool first = !seen->n;
	char *words;

	if (strv_contains(seen, own) || seen->n > NOTES_MAX)
		return;
	strv_add(seen, own);
	if (headline || (!first && !place))
		words = xstrdup(own);
	else
		words = xprintf("%s%s%s: %s", first ? "of another error" : "",
				first && place ? ", " : "", place ? place : "", own);
	if (!first) {
		strv_take(&r->notes, words);
		return;
	}
	free(r->hint);
	r->hint = words;
}

void lab_judge_build(struct lab_result *r, const struct build_facts *facts)
{
	struct source source = source_of(facts->source);
	_cleanup_complaint_ struct complaint first = {0};
	_cleanup_strv_ struct strv seen = STRV_INIT;
	const char *log = facts->log ? facts->log : "";
	struct lab_event event = {
		.outcome = LAB_BUILD_ERROR,
		.phase = LAB_PHASE_BUILD,
		.kind = xstrdup("build"),
	};

	for (int i = 0; i < COMPLAINTS_READ; i++) {
		_cleanup_complaint_ struct complaint c = {0};
		char *hint;

		if (!complaint_next(&log, source.dir, &c))
			break;
		hint = hint_of(facts, &source, &c);
		if (hint)
			add_hint(r, &seen, &c, !i, hint);
		/* What follows is due to the source that was left out. */
		if (str_starts(c.message, "Circular "))
			log = "";
		if (!i) {
			first = c;
			memset(&c, 0, sizeof(c));
		}
	}
	event.title = title_of(facts, &first);
	lab_result_add_event(r, &event);
	free(r->build_log);
	r->build_log = xstrdup(facts->log);
	free(source.dir);
}
