// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <string.h>

#include "complaint.h"
#include "fs.h"

enum { MESSAGE_MAX = 4096, CONTEXT_MAX = 16384, PLACE_MAX = 4096 };

void complaint_deinit(struct complaint *c)
{
	free(c->file);
	free(c->message);
	free(c->context);
	memset(c, 0, sizeof(*c));
}

/* "Circular mod.o <- mod.o dependency dropped.": an object was to be made of itself, and
 * make leaves its source out. No error for make, but none of the source is in the module.
 */
static const char *find_circle(const char *line, size_t len)
{
	const char *hit = memmem(line, len, ": Circular ", 11);
	const char *name = hit ? hit + 11 : NULL;
	size_t n = name ? strcspn(name, " \n") : 0;
	_cleanup_free_ char *rest = NULL;

	if (n < 3 || strncmp(name + n - 2, ".o", 2))
		return NULL;
	rest = xprintf(" <- %.*s dependency dropped.", (int)n, name);
	return str_starts(name + n, rest) ? hit + 2 : NULL;
}

/* Where the message begins in an error's line, and where its place ends; NULL: it is no
 * error. The compiler says "error: ..."; modpost shouts, "FATAL: modpost: ..." before
 * 5.12. */
static const char *find_message(const char *line, size_t len, const char **place_end)
{
	static const char *const starts[] = {"ERROR: ", "FATAL: ", "error: "};
	static const char *const inner[] = {": error: ", ": fatal error: "};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (len > strlen(starts[i]) && str_starts(line, starts[i])) {
			*place_end = line;
			return line + strlen(starts[i]);
		}
	/* Behind a blank stands a line of the source, which may say "error: " too. */
	for (size_t i = 0; *line != ' ' && i < sizeof(inner) / sizeof(*inner); i++) {
		const char *hit = memmem(line, len, inner[i], strlen(inner[i]));

		if (hit && !memmem(line, (size_t)(hit - line), ": warning", 9)) {
			*place_end = hit;
			return hit + strlen(inner[i]);
		}
	}
	*place_end = line;
	return find_circle(line, len);
}

bool complaint_left_out(const char *log)
{
	size_t len;

	for (const char *s = log ? log : ""; *s; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		if (find_circle(s, len))
			return true;
	}
	return false;
}

static bool is_note(const char *line, size_t len)
{
	return memmem(line, len, ": note: ", 8);
}

/* Is this the first line of something else: another message, or the way to one? */
static bool begins_other(const char *line, size_t len)
{
	const char *end;

	return find_message(line, len, &end) || memmem(line, len, ": warning: ", 11) ||
	       str_starts(line, "WARNING: ") ||
	       (memmem(line, len, ": In function ", 14) && line[len - 1] == ':') ||
	       (memmem(line, len, ": At top level:", 15));
}

/* "/a/b.c:12:5" or "/a/b.c:12,": the file and the line; false: it is no place. */
static bool read_place(const char *s, size_t len, char **file, int *line)
{
	_cleanup_free_ char *place = NULL;
	char *numbers[2] = {NULL, NULL};
	size_t n = 0;

	if (!len || len > PLACE_MAX)
		return false;
	place = xstrndup(s, len);
	while (n < 2) {
		char *colon = strrchr(place, ':');

		if (!colon || !isdigit((unsigned char)colon[1]) ||
		    colon[1 + strspn(colon + 1, "0123456789")])
			break;
		*colon = '\0';
		numbers[n++] = colon + 1;
	}
	if (!n || !*place)
		return false;
	free(*file);
	*file = xstrdup(place);
	*line = atoi(numbers[n - 1]);
	return true;
}

/* "/a/b.o", of which objtool complains: it knows no line. */
static bool is_object(const char *s, size_t len)
{
	return len > 2 && len < PLACE_MAX && !strncmp(s + len - 2, ".o", 2) &&
	       !memchr(s, ' ', len);
}

static bool is_own(const char *file, const char *dir)
{
	return file && dir && path_below(file, dir);
}

/* A complaint in a header about a macro: "hello.c:7:2: note: in expansion of macro". */
static bool find_use(const char *context, const char *dir, char **file, int *line)
{
	size_t len;

	for (const char *s = context; *s; s += len + (s[len] == '\n')) {
		const char *hit;

		len = strcspn(s, "\n");
		hit = memmem(s, len, ": note: in expansion of macro ", 30);
		if (hit && read_place(s, (size_t)(hit - s), file, line) &&
		    is_own(*file, dir))
			return true;
	}
	return false;
}

/* "In file included from x.h:3," and on the next line "from hello.c:1:": the innermost of
 * the module's own files. @s: the first of these lines. */
static bool find_include(const char *s, const char *end, const char *dir, char **file,
			 int *line)
{
	size_t len;

	for (; s < end; s += len + (s[len] == '\n')) {
		const char *from;
		size_t n;

		len = strcspn(s, "\n");
		from = memmem(s, len, " from ", 6);
		if (!from)
			return false;
		from += 6;
		n = len - (size_t)(from - s);
		while (n && strchr(",:", from[n - 1]))
			n--;
		if (read_place(from, n, file, line) && is_own(*file, dir))
			return true;
	}
	return false;
}

/* The line behind "In file included from x.h:3,", "from y.c:1:". */
static const char *skip_chain(const char *s)
{
	size_t len;

	do {
		len = strcspn(s, "\n");
		s += len + (s[len] == '\n');
	} while (str_starts(s, "                 from "));
	return s;
}

/* The lines behind the message that belong to it, with notes in other files. */
static char *take_context(const char **log)
{
	const char *s = *log, *start = s;

	while (*s) {
		const char *at = str_starts(s, "In file included") ? skip_chain(s) : s;
		size_t len = strcspn(at, "\n");

		if (len && !is_note(at, len) && (at != s || begins_other(s, len)))
			break;
		s = at + len + (at[len] == '\n');
	}
	*log = s;
	return xstrndup(start,
			s - start > CONTEXT_MAX ? CONTEXT_MAX : (size_t)(s - start));
}

/* " [-Werror=implicit-function-declaration]" is for who knows compilers; it stays in the
 * log. */
static char *take_message(const char *s, size_t len)
{
	const char *flag = memmem(s, len, " [-W", 4);

	if (flag && s[len - 1] == ']')
		len = (size_t)(flag - s);
	return len > MESSAGE_MAX ? xprintf("%.*s...", MESSAGE_MAX, s) : xstrndup(s, len);
}

static void own_place(struct complaint *c, const char *chain, const char *end,
		      const char *dir)
{
	_cleanup_free_ char *file = NULL;
	int line = 0;

	if (!c->file || is_own(c->file, dir))
		return;
	if (!find_use(c->context, dir, &file, &line) &&
	    !(chain && find_include(chain, end, dir, &file, &line)))
		return;
	free(c->file);
	c->file = take_ptr(file);
	c->line = line;
}

bool complaint_next(const char **log, const char *dir, struct complaint *ret)
{
	const char *chain = NULL, *s = *log, *place_end, *message;

	for (; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t len = strcspn(s, "\n");

		message = find_message(s, len, &place_end);
		if (message)
			break;
		if (str_starts(s, "In file included from "))
			chain = s;
		else if (s[0] != ' ' && memmem(s, len, ": warning: ", 11))
			chain = NULL;
	}
	if (!*s) {
		*log = s;
		return false;
	}
	memset(ret, 0, sizeof(*ret));
	if (!read_place(s, (size_t)(place_end - s), &ret->file, &ret->line) &&
	    is_object(s, (size_t)(place_end - s)))
		ret->file = xstrndup(s, (size_t)(place_end - s));
	ret->message = take_message(message, strcspn(message, "\n"));
	place_end = s;
	s += strcspn(s, "\n");
	s += *s == '\n';
	ret->context = take_context(&s);
	*log = s;
	own_place(ret, chain, place_end, dir);
	return true;
}

char *complaint_place(const struct complaint *c)
{
	if (!c->file)
		return NULL;
	return c->line ? xprintf("%s:%d", fs_basename(c->file), c->line)
		       : xstrdup(fs_basename(c->file));
}
