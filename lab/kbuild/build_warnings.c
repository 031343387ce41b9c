// SPDX-License-Identifier: GPL-2.0-only
/*
 * A compiler warns once, when it compiles; a file that need not be compiled again has
 * nothing less to be warned of. So what was said about each object is kept, and repeated
 * for as long as the object is used as it is. That also puts a log in one order, whatever
 * order the processors worked in.
 */
#include <string.h>
#include <sys/stat.h>

#include "below.h"
#include "build_job.h"
#include "fs.h"

#define MODPOST	     "modpost" /* stands for all modules: it looks at them together */
#define MAX_SECTIONS 4096
#define MAX_MOD_FILE (1 << 20) /* bytes of a NAME.mod */

struct section {
	char *key;   /* the .c file compiled, MODPOST, or "" */
	char *stamp; /* which object it was, when loaded */
	struct text text;
};

struct sections {
	struct section *v;
	size_t n;
};

static void sections_deinit(struct sections *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].key);
		free(s->v[i].stamp);
		text_deinit(&s->v[i].text);
	}
	free(s->v);
}

static struct section *find(const struct sections *s, const char *key)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->v[i].key, key))
			return &s->v[i];
	return NULL;
}

/* Beyond what a true build has, all goes to one section, which is not kept. */
static struct section *find_or_add(struct sections *s, const char *key)
{
	struct section *found = find(s, key);

	if (!found && s->n >= MAX_SECTIONS)
		found = find(s, key = "");
	if (found)
		return found;
	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n] = (struct section){xstrdup(key), NULL, TEXT_INIT};
	return &s->v[s->n++];
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct section *)a)->key, ((const struct section *)b)->key);
}

/* --- whose line is it? ---------------------------------------------------------------
 */

/* The name that a line begins with: "/a/b.c" of "/a/b.c:3:1: warning: x". A path may have
 * colons of its own. */
static char *name_before(const char *s, const char *end)
{
	const char *hit = strstr(s, end);

	return hit && !memchr(s, '\n', (size_t)(hit - s))
		       ? xstrndup(s, (size_t)(hit - s) + 2)
		       : NULL;
}

static bool is_chain(const char *line, const char **name)
{
	static const char *const starts[] = {"In file included from ",
					     "                 from ", NULL};

	for (const char *const *s = starts; *s; s++)
		if (str_starts(line, *s)) {
			*name = line + strlen(*s);
			return true;
		}
	return false;
}

/* The .c file whose compiling this line speaks of; NULL: as the line before. */
static char *owner(const struct build_job *job, const char *line)
{
	_cleanup_free_ char *name = NULL;
	const char *from = line;

	if (str_starts(line, "WARNING: "))
		return xstrdup(MODPOST);
	if (line[0] == ' ' && !is_chain(line, &from))
		return NULL;
	is_chain(line, &from);
	name = name_before(from, ".c:");
	if (!name && strstr(line, ": warning: objtool: "))
		name = name_before(from, ".o:");
	if (!name)
		return strstr(line, ".h:") ? NULL : xstrdup("");
	name[strlen(name) - 1] = 'c';
	return name[0] == '/' ? take_ptr(name) : xprintf("%s/%s", job->dir, name);
}

/* Lines that say through which files a header was read come before the one that names
 * the .c file. */
static void parse_log(const struct build_job *job, char *log, struct sections *ret)
{
	_cleanup_free_ char *current = xstrdup("");
	_cleanup_text_ struct text waiting = TEXT_INIT;
	const char *name;
	char *save, *line;

	for (line = strtok_r(log, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *key = owner(job, line);
		struct section *to;

		if (key) {
			free(current);
			current = key;
		} else if (is_chain(line, &name)) {
			text_printf(&waiting, "%s\n", line);
			continue;
		}
		to = find_or_add(ret, current);
		if (waiting.len)
			text_puts(&to->text, waiting.s);
		text_deinit(&waiting);
		text_printf(&to->text, "%s\n", line);
	}
	if (waiting.len)
		text_puts(&find_or_add(ret, current)->text, waiting.s);
}

/* --- does it still hold? -------------------------------------------------------------
 */

/* The object that the section is about, in upper, or NULL when we do not know it. */
static char *object_of(const struct build_job *job, const char *key)
{
	const char *rel = key + strlen(job->dir);

	if (!strcmp(key, MODPOST))
		return xstrdup(".Module.symvers.cmd");
	if (!*key || !path_below(key, job->dir))
		return NULL;
	rel += strspn(rel, "/");
	return strlen(rel) > 2 ? xprintf("%.*s.o", (int)strlen(rel) - 2, rel) : NULL;
}

/* Tells the object from what another compilation makes of the same file; NULL: none. */
static char *stamp_of(const struct build_job *job, const char *key)
{
	_cleanup_free_ char *path = object_of(job, key);
	struct stat st;

	if (!path || below_stat(job->top, path, &st))
		return NULL;
	return xprintf("%lld.%09ld.%llu", (long long)st.st_mtim.tv_sec,
		       st.st_mtim.tv_nsec, (unsigned long long)st.st_ino);
}

static bool is_same_object(const struct build_job *job, const struct section *s)
{
	_cleanup_free_ char *stamp = stamp_of(job, s->key);

	return stamp && !strcmp(stamp, s->stamp);
}

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		if ((p == text || strchr("/ \n", p[-1])) &&
		    (!p[n] || strchr(" \n", p[n])))
			return true;
	return false;
}

/* Is the object part of a module of this build? Kbuild lists a module's in NAME.mod. */
static bool is_used(const struct build_job *job, const struct lab_build *build,
		    const char *key)
{
	_cleanup_free_ char *word = xstrdup(fs_basename(key));

	if (!strcmp(key, MODPOST))
		return true;
	word[strlen(word) - 1] = 'o';
	for (size_t i = 0; i < build->modules.n; i++) {
		const char *rel = build_rel(job, build->modules.v[i]);
		_cleanup_free_ char *mod = xprintf("%.*s.mod", (int)strlen(rel) - 3, rel);
		_cleanup_free_ char *text = NULL;

		if (below_read(job->top, mod, MAX_MOD_FILE, &text, NULL) == 0 &&
		    has_word(text, word))
			return true;
	}
	return false;
}

/* --- from one build to the next ------------------------------------------------------
 */

/* "@STAMP KEY", then the lines, each after a blank. */
static void load(const char *path, struct sections *ret)
{
	_cleanup_free_ char *text = NULL;
	struct section *to = NULL;
	char *save, *line;

	if (fs_read_file(path, &text, NULL))
		return;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (line[0] != '@') {
			if (to)
				text_printf(&to->text, "%s\n", line + 1);
			continue;
		}
		line[strcspn(line, " ")] = '\0';
		to = find_or_add(ret, line + strlen(line) + 1);
		if (!to->stamp)
			to->stamp = xstrdup(line + 1);
	}
}

static int save_all(const struct build_job *job, const char *path,
		    const struct sections *all)
{
	_cleanup_text_ struct text t = TEXT_INIT;

	for (size_t i = 0; i < all->n; i++) {
		const struct section *s = &all->v[i];
		_cleanup_free_ char *stamp = stamp_of(job, s->key);
		const char *line = s->text.s ? s->text.s : "";

		if (!stamp)
			continue;
		text_printf(&t, "@%s %s\n", stamp, s->key);
		for (size_t n; *line; line += n) {
			n = strcspn(line, "\n") + 1;
			text_puts(&t, " ");
			text_add(&t, line, n);
		}
	}
	return fs_write_file(path, t.s ? t.s : "", t.len, 0644);
}

/* A failed build's log stays as it is: what matters there is the error. */
void build_warnings_merge(struct build_job *job, struct lab_build *build)
{
	_cleanup_free_ char *path = xprintf("%s/warnings", job->entry);
	_cleanup_free_ char *copy = xstrdup(build->log);
	_cleanup_(sections_deinit) struct sections now = {0}, last = {0};
	_cleanup_text_ struct text log = TEXT_INIT;

	parse_log(job, copy, &now);
	load(path, &last);
	for (size_t i = 0; i < last.n; i++) {
		const char *key = last.v[i].key;

		if (!find(&now, key) && is_same_object(job, &last.v[i]) &&
		    (build->status || is_used(job, build, key)))
			text_puts(&find_or_add(&now, key)->text, last.v[i].text.s);
	}
	(void)save_all(job, path, &now); /* lost warnings are no reason to fail */
	if (build->status)
		return;
	if (now.n)
		qsort(now.v, now.n, sizeof(*now.v), by_key);
	for (size_t i = 0; i < now.n; i++)
		text_puts(&log, now.v[i].text.s);
	free(build->log);
	build->log = text_take(&log);
}
