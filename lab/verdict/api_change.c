// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "api_change.h"

static const struct api_change *const tables[] = {api_core, api_driver, api_time, api_fs,
						  api_mm,   api_net,	api_block};

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* @word where no letter stands beside it, in the first @len bytes of @s. */
static bool has_word(const char *s, size_t len, const char *word)
{
	size_t n = strlen(word);
	const char *hit = s;

	while ((hit = memmem(hit, len - (size_t)(hit - s), word, n))) {
		if ((hit == s || !is_word_char(hit[-1])) && !is_word_char(hit[n]))
			return true;
		hit++;
	}
	return false;
}

/* Does the message say @words? */
static bool says(const struct complaint *c, const char *words)
{
	return strstr(c->message, words);
}

/* Does it say @words, with @name in the place of "%s"? A name that the compiler only
 * proposes is none. */
static bool says_of(const struct complaint *c, const char *words, const char *name)
{
	int before = (int)(strstr(words, "%s") - words);
	_cleanup_free_ char *full =
		xprintf("%.*s%s%s", before, words, name, words + before + 2);
	const char *hit = strstr(c->message, full),
		   *guess = strstr(c->message, "did you");

	return hit && (!guess || hit < guess);
}

/* Does it name @name, between the quotes of a compiler? */
static bool names(const struct complaint *c, const char *name)
{
	return says_of(c, "'%s'", name);
}

/* Does the source line that the compiler shows use @name? */
static bool shows(const struct complaint *c, const char *name)
{
	const char *note = strstr(c->context, ": note: ");
	size_t len = note ? (size_t)(note - c->context) : strlen(c->context);

	return has_word(c->context, len, name);
}

static bool fits_call(const struct complaint *c, const char *name)
{
	static const char *const unknown[] = {
		"implicit declaration of function '%s'",
		"'%s' undeclared",
		"unknown type name '%s'",
		"undeclared function '%s'",
		"undeclared identifier '%s'",
	};
	_cleanup_free_ char *symbol = xprintf("\"%s\" [", name);

	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		if (says_of(c, unknown[i], name))
			return true;
	return says(c, symbol) && says(c, "undefined!");
}

static bool fits_struct(const struct complaint *c, const char *name)
{
	_cleanup_free_ char *type = xprintf("struct %s", name);

	return (says(c, "incomplete type") || says(c, "isn't known") ||
		says(c, "undefined type") || says(c, "incomplete definition")) &&
	       (has_word(c->message, strlen(c->message), type) || shows(c, type));
}

static bool fits_header(const struct complaint *c, const char *name)
{
	_cleanup_free_ char *gcc = xprintf("%s: No such file or directory", name);
	_cleanup_free_ char *clang = xprintf("'%s' file not found", name);

	return str_starts(c->message, gcc) || str_starts(c->message, clang);
}

static bool fits_args(const struct complaint *c, const char *name)
{
	_cleanup_free_ char *macro = xprintf("macro \"%s\" ", name);

	if (str_starts(c->message, macro))
		return true;
	if (str_starts(c->message, "too many arguments to function '") ||
	    str_starts(c->message, "too few arguments to function '"))
		return names(c, name);
	/* clang does not say which function. */
	return (str_starts(c->message, "too many arguments ") ||
		str_starts(c->message, "too few arguments ")) &&
	       shows(c, name);
}

/* "NAME TYPE" */
static bool fits_pass(const struct complaint *c, const char *subject)
{
	const char *type = strchr(subject, ' ') + 1;
	_cleanup_free_ char *name = xstrndup(subject, (size_t)(type - subject) - 1);
	_cleanup_free_ char *quoted = xprintf("'%s'", type);
	_cleanup_free_ char *constant = xprintf("'const %s'", type);

	if (str_starts(c->message, "passing argument "))
		return names(c, name) &&
		       (strstr(c->context, quoted) || strstr(c->context, constant));
	return shows(c, name) && says(c, " passing '") &&
	       (says(c, quoted) || says(c, constant));
}

static bool fits_member(const struct complaint *c, const char *subject)
{
	const char *dot = strchr(subject, '.');
	_cleanup_free_ char *type = xprintf("%.*s'", (int)(dot - subject), subject);

	return (says_of(c, "no member named '%s'", dot + 1) ||
		says_of(c, "field designator '%s'", dot + 1)) &&
	       strstr(c->message, type);
}

static bool fits_const(const struct complaint *c, const char *name)
{
	return (says(c, "read-only") || says(c, "const-qualified") ||
		says(c, "discards '") || says(c, "discards qualifiers")) &&
	       (names(c, name) || shows(c, name));
}

static bool fits_text(const struct complaint *c, const char *words)
{
	return says(c, words);
}

static bool fits_line(const struct complaint *c, const char *name)
{
	return shows(c, name) || names(c, name);
}

/* --- types of function pointers ------------------------------------------------------
 */

/* One way to write it: no "(*)", no blank beside a '*', a parenthesis or a blank. */
static char *plain_type(const char *type, size_t len)
{
	_cleanup_text_ struct text t = TEXT_INIT;

	for (size_t i = 0; i < len; i++) {
		bool before = i + 1 < len && strchr("*( ", type[i + 1]);
		bool after = i && strchr("*(", type[i - 1]);

		if (len - i >= 3 && !strncmp(type + i, "(*)", 3))
			i += 2;
		else if (type[i] != ' ' || (!before && !after))
			text_add(&t, type + i, 1);
	}
	return text_take(&t);
}

/* The next type between quotes. Behind it may stand what it is, as in "{aka 'a'}", "(aka
 * 'a')", which says more when it is but a name. NULL: no more. */
static char *next_type(const char **s)
{
	const char *start = strchr(*s, '\''),
		   *end = start ? strchr(start + 1, '\'') : NULL;

	if (!end)
		return NULL;
	*s = end + 1;
	if (str_starts(*s, " {aka '") || str_starts(*s, " (aka '")) {
		const char *aka = *s + 7;

		*s = strchr(aka, '\'');
		if (!*s)
			return NULL;
		if (!memchr(start, '(', (size_t)(end - start))) {
			start = aka - 1;
			end = *s;
		}
		++*s;
	}
	return plain_type(start + 1, (size_t)(end - start) - 1);
}

/* "initialization of 'A' {aka 'a'} from incompatible pointer type 'B'", "incompatible
 * function pointer types initializing 'A' (aka 'a') with an expression of type 'B'". */
static bool read_types(const struct complaint *c, char **wanted, char **given)
{
	const char *s = c->message;

	if (!str_starts(s, "initialization of '") && !str_starts(s, "assignment to '") &&
	    !str_starts(s, "incompatible function pointer types ") &&
	    !str_starts(s, "incompatible pointer types "))
		return false;
	*wanted = next_type(&s);
	*given = *wanted ? next_type(&s) : NULL;
	return *given;
}

static bool has_type(const struct complaint *c, const char *part, bool want)
{
	_cleanup_free_ char *wanted = NULL, *given = NULL;
	_cleanup_free_ char *plain = plain_type(part, strlen(part));

	return read_types(c, &wanted, &given) && strstr(want ? wanted : given, plain) &&
	       !strstr(want ? given : wanted, plain);
}

static bool fits_wants(const struct complaint *c, const char *part)
{
	return has_type(c, part, true);
}

static bool fits_gives(const struct complaint *c, const char *part)
{
	return has_type(c, part, false);
}

static bool is_type(const char *plain, const char *type)
{
	_cleanup_free_ char *want = plain_type(type, strlen(type));

	return !strcmp(plain, want);
}

static bool fits_field(const struct complaint *c, const char *field, const char *wanted,
		       const char *given)
{
	_cleanup_free_ char *w = NULL, *g = NULL;
	_cleanup_free_ char *near = xprintf(".%s')", field);

	return (strstr(c->context, near) || shows(c, field)) && read_types(c, &w, &g) &&
	       is_type(w, wanted) && is_type(g, given);
}

/* ---------------------------------------------------------------------------------- */

static bool fits(const struct complaint *c, const char *mark)
{
	static const struct {
		const char *kind;
		bool (*fits)(const struct complaint *c, const char *subject);
	} kinds[] = {
		{"call ", fits_call},	  {"struct ", fits_struct},
		{"header ", fits_header}, {"args ", fits_args},
		{"pass ", fits_pass},	  {"member ", fits_member},
		{"const ", fits_const},	  {"line ", fits_line},
		{"wants ", fits_wants},	  {"gives ", fits_gives},
		{"text ", fits_text},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_starts(mark, kinds[i].kind))
			return kinds[i].fits(c, mark + strlen(kinds[i].kind));
	return false;
}

static bool fits_any(const struct complaint *c, const char *const *marks)
{
	for (size_t i = 0; i < API_MARKS && marks[i]; i++)
		if (fits(c, marks[i]))
			return true;
	return false;
}

static char *sentence(const char *when, unsigned int release, const char *words)
{
	unsigned int major = release >> 8, minor = release & 255;

	return xprintf("%s %u.%s%u %s", when, major, major == 2 ? "6." : "", minor,
		       words);
}

static char *try_change(const struct complaint *c, const struct api_change *a,
			unsigned int release)
{
	unsigned int came = a->came ? a->came : a->gone;

	if (a->since && release >= a->gone &&
	    (fits_any(c, a->old) || (a->field && fits_field(c, a->field, a->is, a->was))))
		return sentence("since", a->gone, a->since);
	if (a->before && release < came &&
	    (fits_any(c, a->new) || (a->field && fits_field(c, a->field, a->was, a->is))))
		return sentence("before", came, a->before);
	return NULL;
}

size_t api_change_count(void)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct api_change *a = tables[i]; a->gone; a++)
			n++;
	return n;
}

/* gcc quotes as the locale has it, and has names of its own for types. */
static char *plain_text(const char *s)
{
	static const struct {
		const char *from, *to;
	} words[] = {
		{"\u2018", "'"},
		{"\u2019", "'"},
		{"long unsigned int", "unsigned long"},
		{"_Bool", "bool"},
	};
	_cleanup_text_ struct text t = TEXT_INIT;

	while (*s) {
		size_t i = 0, n = sizeof(words) / sizeof(*words);

		while (i < n && !str_starts(s, words[i].from))
			i++;
		text_add(&t, i < n ? words[i].to : s, i < n ? strlen(words[i].to) : 1);
		s += i < n ? strlen(words[i].from) : 1;
	}
	return text_take(&t);
}

unsigned int api_release(const char *release)
{
	unsigned int major, minor;

	if (!release || sscanf(release, "%u.%u", &major, &minor) != 2 || major > 255 ||
	    minor > 255)
		return 0;
	return API_RELEASE(major, minor);
}

char *api_change_find(const struct complaint *c, const char *release)
{
	unsigned int number = api_release(release);
	_cleanup_complaint_ struct complaint plain = {0};
	char *found = NULL;

	if (!number)
		return NULL;
	plain.message = plain_text(c->message);
	plain.context = plain_text(c->context);
	for (size_t i = 0; !found && i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct api_change *a = tables[i]; !found && a->gone; a++)
			found = try_change(&plain, a, number);
	return found;
}
