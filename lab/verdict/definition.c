// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "below.h"
#include "clean.h"
#include "definition.h"
#include "fs.h"

enum {
	FILE_MAX = 1 << 20, /* bytes of one source */
	ALL_MAX = 8 << 20,  /* of all of them */
	ENTRIES_MAX = 4096, /* looked at in the directory */
	NAME_MAX_SHOWN = 128
};

/* --- C ------------------------------------------------------------------------------ */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Behind a comment, a literal or a preprocessor line that begins at @s; @s: none does. */
static const char *skip(const char *s, bool line_start)
{
	const char *end;

	if (s[0] == '/' && s[1] == '*') {
		end = strstr(s + 2, "*/");
		return end ? end + 2 : s + strlen(s);
	}
	if ((s[0] == '/' && s[1] == '/') || (line_start && *s == '#')) {
		while (*s && *s != '\n')
			s += s[0] == '\\' && s[1] ? 2 : 1;
		return s;
	}
	if (*s == '"' || *s == '\'') {
		for (end = s + 1; *end && *end != *s && *end != '\n'; end++)
			end += *end == '\\' && end[1];
		return *end == *s ? end + 1 : end;
	}
	return s;
}

/* The source without what is no code: blanks in its place. */
static char *plain(const char *s)
{
	_cleanup_text_ struct text t = TEXT_INIT;
	bool line_start = true;

	while (*s) {
		const char *end = skip(s, line_start);

		if (end != s) {
			text_puts(&t, " ");
			s = end;
			line_start = false;
			continue;
		}
		line_start = *s == '\n' || (line_start && isspace((unsigned char)*s));
		text_add(&t, s++, 1);
	}
	return text_take(&t);
}

static const char *blanks(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* Behind the parenthesis that closes the one at @s. */
static const char *close_of(const char *s)
{
	int depth = 0;

	for (; *s; s++) {
		depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		if (!depth)
			return s + 1;
	}
	return s;
}

static bool has_word(const char *s, const char *end, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = s; p + n <= end; p++)
		if (!strncmp(p, word, n) && (p == s || !is_word(p[-1])) && !is_word(p[n]))
			return true;
	return false;
}

/* @s: behind the name, in a statement outside of functions that begins at @start. */
static enum definition_kind classify(const char *start, const char *name, const char *s)
{
	if (has_word(start, name, "extern") || has_word(start, name, "typedef"))
		return DEFINITION_NONE;
	s = blanks(s);
	if (*s == '(') {
		/* Attributes may stand between the parameters and the body. */
		s = close_of(s);
		if (s[strcspn(s, "{;")] != '{')
			return DEFINITION_NONE;
	} else if (!*s || !strchr("=;[,", *s)) {
		return DEFINITION_NONE;
	}
	if (blanks(start) == name) /* no type: a call or a label */
		return DEFINITION_NONE;
	return has_word(start, name, "static") ? DEFINITION_STATIC : DEFINITION_GLOBAL;
}

/* A macro that stands outside of functions, with the name as its first argument. */
static enum definition_kind classify_macro(const char *start, const char *open)
{
	start = blanks(start);
	if (!strncmp(start, "EXPORT_SYMBOL", 13))
		return DEFINITION_EXPORTED;
	if (has_word(start, open, "static"))
		return DEFINITION_NONE;
	return !strncmp(start, "DEFINE_", 7) || has_word(start, open, "LIST_HEAD") ||
			       has_word(start, open, "DECLARE_WAIT_QUEUE_HEAD")
		       ? DEFINITION_GLOBAL
		       : DEFINITION_NONE;
}

static enum definition_kind better(enum definition_kind a, enum definition_kind b)
{
	return a > b ? a : b;
}

enum definition_kind definition_in(const char *text, const char *symbol)
{
	enum definition_kind found = DEFINITION_NONE;
	_cleanup_free_ char *code = plain(text);
	const char *start = code, *open = NULL;
	size_t n = strlen(symbol);
	int braces = 0, round = 0;

	for (const char *s = code; *s; s++) {
		if (*s == '{' || *s == '}') {
			braces += *s == '{' ? 1 : braces ? -1 : 0;
			round = 0;
			start = s + 1;
		} else if (*s == ';' && !braces) {
			round = 0;
			start = s + 1;
		} else if (*s == '(' || *s == ')') {
			open = *s == '(' && !round ? s : open;
			round += *s == '(' ? 1 : round ? -1 : 0;
		} else if (!braces && !strncmp(s, symbol, n) && !is_word(s[n]) &&
			   (s == code || !is_word(s[-1]))) {
			if (!round)
				found = better(found, classify(start, s, s + n));
			else if (round == 1 && blanks(open + 1) == s)
				found = better(found, classify_macro(start, open));
		}
	}
	return found;
}

/* --- the directory ------------------------------------------------------------------ */

static bool is_source(const char *name)
{
	_cleanup_free_ char *shown = clean(name, CLEAN_LINE);

	return name[0] != '.' && str_ends(name, ".c") && !str_ends(name, ".mod.c") &&
	       strlen(name) <= NAME_MAX_SHOWN && !strcmp(shown, name);
}

/* A program for user space beside the module, its test or client, is no part of it. */
static bool is_program(const char *text)
{
	static const char *const headers[] = {"#include <stdio.h>", "#include <stdlib.h>",
					      "#include <unistd.h>"};

	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		if (strstr(text, headers[i]))
			return true;
	return strstr(text, "main") && definition_in(text, "main") != DEFINITION_NONE;
}

/* The file that defines it best; NULL: none does. */
static char *find_file(int top, const char *symbol, enum definition_kind *kind)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	size_t read = 0;
	char *found = NULL;

	*kind = DEFINITION_NONE;
	below_list(top, ".", ENTRIES_MAX, &names);
	for (size_t i = 0; i < names.n && read < ALL_MAX; i++) {
		_cleanup_free_ char *text = NULL;
		enum definition_kind k;
		size_t size = 0;

		if (!is_source(names.v[i]) ||
		    below_read(top, names.v[i], FILE_MAX, &text, &size))
			continue;
		read += size;
		if (!strstr(text, symbol) || is_program(text))
			continue;
		k = definition_in(text, symbol);
		if (k > *kind) {
			*kind = k;
			free(found);
			found = xstrdup(names.v[i]);
		}
	}
	return found;
}

/* --- the next step ------------------------------------------------------------------ */

/* What the Kbuild does with an object. */
enum use { UNUSED, MODULE, PART };

/* @list gets the variable that names the parts of @module, if one does. */
static enum use use_of(int top, const char *object, const char *module, char **list)
{
	_cleanup_free_ char *text = NULL;
	enum use use = UNUSED;
	char *save, *line;

	if (below_read(top, "Kbuild", FILE_MAX, &text, NULL) &&
	    below_read(top, "Makefile", FILE_MAX, &text, NULL))
		return UNUSED;
	for (line = text; (line = strstr(line, "\\\n")); line += 2)
		line[0] = line[1] = ' ';
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		size_t n = strlen(module);
		const char *word = blanks(line), *end = line + strlen(line);
		bool parts =
			!strncmp(word, module, n) &&
			(!strncmp(word + n, "-objs", 5) || !strncmp(word + n, "-y", 2));

		if (parts && !*list)
			*list = xprintf("%s-%s", module,
					word[n + 1] == 'y' ? "y" : "objs");
		if (!has_word(line, end, object))
			continue;
		if (!strncmp(word, "obj-", 4))
			use = MODULE;
		else if (parts)
			return PART;
	}
	return use;
}

static char *how_to_add(const struct definition_query *q, int top, const char *object,
			const char *list)
{
	_cleanup_free_ char *own = xprintf("%s.c", q->module);
	struct stat st;

	if (list)
		return xprintf("add '%s' to '%s' in its Kbuild or Makefile", object,
			       list);
	/* An object cannot be made of itself. */
	if (below_stat(top, own, &st) == 0)
		return xprintf("%s'obj-m := NAME.o' and 'NAME-objs := %s.o %s' make one "
			       "module of both, NAME being another name%s",
			       q->file ? "in a Kbuild beside them " : "", q->module,
			       object, q->file ? "; then name the directory" : "");
	return xprintf("add '%s-objs += %s' to its Kbuild or Makefile", q->module,
		       object);
}

static char *hint_global(const struct definition_query *q, int top, const char *file)
{
	_cleanup_free_ char *object = xprintf("%.*so", (int)strlen(file) - 1, file);
	_cleanup_free_ char *own = xprintf("%s.c", q->module);
	_cleanup_free_ char *list = NULL, *how = NULL;
	enum use use = use_of(top, object, q->module, &list);

	if (use == PART || !strcmp(file, own))
		return xprintf("'%s' is defined in '%s', but was not compiled there: "
			       "look at the #if around it",
			       q->symbol, file);
	if (use == MODULE)
		return xprintf("'%s' is defined in '%s', which is a module of its own: "
			       "write EXPORT_SYMBOL_GPL(%s); there",
			       q->symbol, file, q->symbol);
	how = how_to_add(q, top, object, list);
	return xprintf("'%s' is defined in '%s', which is not part of the module: %s",
		       q->symbol, file, how);
}

static char *hint_exported(const struct definition_query *q, int top, const char *file)
{
	int base = (int)strlen(file) - 2;
	_cleanup_free_ char *object = xprintf("%.*s.o", base, file);
	_cleanup_free_ char *list = NULL;

	if (q->loading)
		return xprintf("'%s' exports '%s': build that too and name it before "
			       "this one, as in 'kmlab run %s %s.c'",
			       file, q->symbol, file, q->module);
	if (q->file)
		return xprintf("'%s' exports '%s': name it first, as in 'kmlab run %s "
			       "%s.c'",
			       file, q->symbol, file, q->module);
	if (use_of(top, object, q->module, &list) == UNUSED)
		return xprintf("'%s' exports '%s' but is not built: add 'obj-m += %s' to "
			       "the Kbuild or Makefile",
			       file, q->symbol, object);
	return xprintf("'%s' exports '%s', but not in this build: look at the #if around "
		       "it, and at obj-m",
		       file, q->symbol);
}

char *definition_hint(const struct definition_query *q)
{
	_cleanup_close_ int all = below_top(q->dir);
	_cleanup_close_ int top = -1;
	_cleanup_free_ char *file = NULL;
	enum definition_kind kind;

	if (all < 0 || !q->module || !*q->symbol || !is_word(*q->symbol))
		return NULL;
	top = below_open(all, *q->below ? q->below : ".", O_RDONLY | O_DIRECTORY, 0);
	if (top < 0)
		return NULL;
	file = find_file(top, q->symbol, &kind);
	if (!file)
		return NULL;
	if (kind == DEFINITION_EXPORTED)
		return hint_exported(q, top, file);
	if (kind == DEFINITION_GLOBAL)
		return hint_global(q, top, file);
	return xprintf("'%s' is static in '%s', no other file can use it: drop the "
		       "'static', and make '%s' part of the module",
		       q->symbol, file, file);
}
