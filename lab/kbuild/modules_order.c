// SPDX-License-Identifier: GPL-2.0-only
/* In which order modules load: the given ones among themselves, and before them what
 * they need from the kernel's own tree, by its modules.dep. */
#include <string.h>

#include "fs.h"
#include "modinfo.h"

/* '-' and '_' are the same letter in a module's name. */
static bool same_name(const char *a, size_t a_len, const char *b)
{
	if (strlen(b) != a_len)
		return false;
	for (size_t i = 0; i < a_len; i++) {
		char x = a[i] == '-' ? '_' : a[i], y = b[i] == '-' ? '_' : b[i];

		if (x != y)
			return false;
	}
	return true;
}

/* Is @path (up to @len bytes) ".../NAME.ko", ".ko.xz" and so on? */
static bool path_is(const char *path, size_t len, const char *name)
{
	const char *base = memrchr(path, '/', len);
	const char *dot;

	base = base ? base + 1 : path;
	len -= (size_t)(base - path);
	dot = memmem(base, len, ".ko", 3);
	return dot && same_name(base, (size_t)(dot - base), name);
}

/* --- the kernel's own modules --------------------------------------------------------
 */

struct tree {
	const char *dir;
	char *dep; /* text of modules.dep */
};

/* The line of a list (modules.dep, modules.builtin) that begins with the module's own
 * path, or NULL. */
static const char *find_in(const char *line, const char *name)
{
	while (line && *line) {
		if (path_is(line, strcspn(line, ":\n"), name))
			return line;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

static const char *find_line(const struct tree *tree, const char *name)
{
	return find_in(tree->dep, name);
}

static void add_path(const struct tree *tree, const char *path, size_t len,
		     struct strv *intree)
{
	char *full = path[0] == '/' ? xstrndup(path, len)
				    : xprintf("%s/%.*s", tree->dir, (int)len, path);

	if (strv_contains(intree, full))
		free(full);
	else
		strv_take(intree, full);
}

/* "a.ko: b.ko c.ko" has all that a needs, transitively, the last to be loaded first. */
static void add_with_needs(const struct tree *tree, const char *line, struct strv *intree)
{
	size_t own = strcspn(line, ":");
	const char *begin = line + own + 1, *end = begin + strcspn(begin, "\n");

	while (end > begin) {
		const char *word = end;

		while (word > begin && word[-1] != ' ')
			word--;
		if (end > word)
			add_path(tree, word, (size_t)(end - word), intree);
		end = word > begin ? word - 1 : begin;
	}
	add_path(tree, line, own, intree);
}

/* --- the given ones ------------------------------------------------------------------
 */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct set {
	struct lab_modinfo *info;
	enum mark *mark;
	size_t n;
	const struct tree *tree;
	struct strv order;
	struct strv *intree;
};

static void set_deinit(struct set *set)
{
	for (size_t i = 0; i < set->n; i++)
		lab_modinfo_deinit(&set->info[i]);
	free(set->info);
	free(set->mark);
	strv_deinit(&set->order);
}

static ssize_t find_given(const struct set *set, const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (same_name(name, strlen(name), set->info[i].name))
			return (ssize_t)i;
	return -1;
}

static int visit(struct lab *lab, struct set *set, size_t i);

/* A name that nobody knows is either built in or missing; the kernel will say. */
static int visit_need(struct lab *lab, struct set *set, const char *name)
{
	ssize_t given = find_given(set, name);
	const char *line;

	if (given >= 0)
		return visit(lab, set, (size_t)given);
	line = find_line(set->tree, name);
	if (line)
		add_with_needs(set->tree, line, set->intree);
	return 0;
}

static int visit(struct lab *lab, struct set *set, size_t i)
{
	const struct lab_modinfo *info = &set->info[i];

	if (set->mark[i] == MARK_DONE)
		return 0;
	if (set->mark[i] == MARK_OPEN)
		return lab_fail(
			lab, -ELOOP,
			"modules depend on each other in a circle through "
			"'%s'; break it by moving shared symbols to a third module",
			info->name);
	set->mark[i] = MARK_OPEN;
	for (size_t j = 0; j < info->depends.n; j++) {
		int err = visit_need(lab, set, info->depends.v[j]);

		if (err)
			return err;
	}
	set->mark[i] = MARK_DONE;
	strv_add(&set->order, info->path);
	return 0;
}

static int read_all(struct lab *lab, const struct strv *paths, struct set *set)
{
	set->info = xcalloc(paths->n + 1, sizeof(*set->info));
	set->mark = xcalloc(paths->n + 1, sizeof(*set->mark));
	for (set->n = 0; set->n < paths->n; set->n++) {
		int err = lab_modinfo_read(lab, paths->v[set->n], &set->info[set->n]);

		if (err)
			return err;
	}
	return 0;
}

int lab_modules_order(struct lab *lab, struct strv *paths, const char *kernel_modules,
		      struct strv *intree)
{
	_cleanup_free_ char *dep_path = xprintf("%s/modules.dep", kernel_modules);
	_cleanup_free_ char *dep = NULL;
	_cleanup_strv_ struct strv found = STRV_INIT;
	struct tree tree = {kernel_modules, NULL};
	_cleanup_(set_deinit) struct set set = {.tree = &tree, .intree = &found};
	int err = read_all(lab, paths, &set);

	if (err)
		return err;
	(void)fs_read_file(dep_path, &dep,
			   NULL); /* none: all that is needed is built in */
	tree.dep = dep;
	for (size_t i = 0; i < set.n; i++) {
		err = visit(lab, &set, i);
		if (err)
			return err;
	}
	strv_deinit(paths);
	*paths = set.order;
	set.order = (struct strv)STRV_INIT;
	strv_deinit(intree);
	*intree = found;
	found = (struct strv)STRV_INIT;
	return 0;
}

int lab_modules_need(struct lab *lab, const char *name, const char *kernel_modules,
		     struct strv *intree)
{
	_cleanup_free_ char *dep_path = xprintf("%s/modules.dep", kernel_modules);
	_cleanup_free_ char *inside_path = xprintf("%s/modules.builtin", kernel_modules);
	_cleanup_free_ char *dep = NULL, *inside = NULL;
	struct tree tree = {kernel_modules, NULL};
	const char *line;

	(void)fs_read_file(dep_path, &dep, NULL);
	(void)fs_read_file(inside_path, &inside, NULL);
	tree.dep = dep;
	line = find_line(&tree, name);
	if (line)
		add_with_needs(&tree, line, intree);
	else if (!find_in(inside, name))
		return lab_fail(lab, -ENOENT,
				"the tests need the kernel's own module '%s', which is "
				"not in '%s'; correct tests/needs",
				name, kernel_modules);
	return 0;
}
