// SPDX-License-Identifier: GPL-2.0-only
/* In which order modules load: the given ones among themselves, and before them what
 * they need of the kernel's own. */
#include <string.h>

#include "../kernel/module_index.h"
#include "fs.h"
#include "modinfo.h"

/* '-' and '_' are the same letter in a module's name. */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct set {
	struct lab_modinfo *info;
	enum mark *mark;
	size_t n;
	const char *own_dir;	  /* the kernel's own modules */
	struct module_index *own; /* NULL: nobody has asked yet, or there is none */
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
	module_index_close(set->own);
}

static ssize_t find_given(const struct set *set, const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (same_name(name, set->info[i].name))
			return (ssize_t)i;
	return -1;
}

static int visit(struct lab *lab, struct set *set, size_t i);

/* -ESRCH: the kernel has no modules, so that whatever is needed is built in. */
static int open_index(struct lab *lab, const char *dir, struct module_index **ret)
{
	_cleanup_free_ char *file = xprintf("%s/modules.dep.bin", dir);
	_cleanup_free_ char *modules = xprintf("%s/kernel", dir);

	if (!fs_exists(file) && !fs_exists(modules))
		return -ESRCH;
	return module_index_open(lab, dir, ret);
}

/* Most modules need nothing of the kernel's own: the index is opened when one does. */
static int add_own(struct lab *lab, struct set *set, const char *name)
{
	int err = set->own ? 0 : open_index(lab, set->own_dir, &set->own);

	return err ? err : module_index_add(lab, set->own, name, set->intree);
}

/* A name that nobody knows is either built in or missing; the kernel will say. */
static int visit_need(struct lab *lab, struct set *set, const char *name)
{
	ssize_t given = find_given(set, name);
	int err;

	if (given >= 0)
		return visit(lab, set, (size_t)given);
	err = add_own(lab, set, name);
	return err == -ESRCH ? 0 : err;
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
	_cleanup_strv_ struct strv found = STRV_INIT;
	_cleanup_(set_deinit) struct set set = {.own_dir = kernel_modules,
						.intree = &found};
	int err = read_all(lab, paths, &set);

	if (err)
		return err;
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
	_cleanup_module_index_ struct module_index *own = NULL;
	int err = open_index(lab, kernel_modules, &own);

	if (!err)
		err = module_index_add(lab, own, name, intree);
	if (err != -ESRCH)
		return err;
	return lab_fail(lab, -ENOENT,
			"the tests need the kernel's own module '%s', which is not in "
			"'%s'; correct tests/needs",
			name, kernel_modules);
}
