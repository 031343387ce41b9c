// SPDX-License-Identifier: GPL-2.0-only
/* Kernels by name; see kernel.h. */
#include <string.h>

#include "fs.h"

#include "internal.h"

/* lab_cache_has() marks the entry as used now; its root is marked with it. */
static struct lab_kernel *use_entry(struct lab *lab, struct kernel_entry *entry)
{
	lab_cache_has(lab, "kernels", entry->kernel->id);
	if (entry->root_id)
		lab_cache_has(lab, "roots", entry->root_id);
	return take_ptr(entry->kernel);
}

static int find_default(struct lab *lab, struct lab_kernel **ret)
{
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};
	int err = kernel_entries_load(lab, &all);

	if (err)
		return err;
	for (size_t i = all.n; i > 0; i--)
		if (!strcmp(all.v[i - 1].kernel->provider, "debian")) {
			*ret = use_entry(lab, &all.v[i - 1]);
			return 0;
		}
	return lab_fail(lab, -ENOENT,
			"no kernel has been added yet; run 'kmlab kernel add "
			"debian/6.1'");
}

static int not_added(struct lab *lab, const char *name, const struct kernel_entries *all)
{
	_cleanup_strv_ struct strv known = STRV_INIT;
	_cleanup_free_ char *near = NULL, *list = NULL;

	for (size_t i = 0; i < all->n; i++)
		strv_add(&known, all->v[i].kernel->name);
	near = kernel_name_near(name, &known);
	if (*near)
		return lab_fail(lab, -ENOENT, "kernel '%s' has not been added%s", name,
				near);
	list = strv_join(&known, ", ");
	return lab_fail(lab, -ENOENT,
			"kernel '%s' has not been added; run 'kmlab kernel add "
			"%s'%s%s",
			name, name, *list ? ", or use one of these: " : "", list);
}

static int find_debian(struct lab *lab, const char *name,
		       const struct kernel_name *parsed, struct lab_kernel **ret)
{
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};
	struct kernel_entry *entry;
	int err = kernel_entries_load(lab, &all);

	if (err)
		return err;
	entry = kernel_entries_pick(&all, parsed);
	if (!entry)
		return not_added(lab, name, &all);
	*ret = use_entry(lab, entry);
	return 0;
}

static int find_parsed(struct lab *lab, const char *name,
		       const struct kernel_name *parsed, struct lab_kernel **ret)
{
	switch (parsed->kind) {
	case NAME_TREE:
		return tree_open(lab, parsed->arg, ret);
	case NAME_HOST:
		return host_open(lab, "", ret);
	default:
		return find_debian(lab, name, parsed, ret);
	}
}

int lab_kernel_find(struct lab *lab, const char *name, struct lab_kernel **ret)
{
	_cleanup_kernel_name_ struct kernel_name parsed = {.arg = NULL};
	int err;

	if (!name)
		return find_default(lab, ret);
	err = kernel_name_parse(lab, name, &parsed);
	return err ? err : find_parsed(lab, name, &parsed, ret);
}

/* Without a network, the sentence names the kernels that are in the cache. */
static int offer_added(struct lab *lab, int err)
{
	_cleanup_free_ char *why = xstrdup(lab_error(lab)), *list = NULL;
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};
	_cleanup_strv_ struct strv names = STRV_INIT;

	if (kernel_entries_load(lab, &all) < 0 || !all.n)
		return lab_fail(lab, err, "%s", why);
	for (size_t i = 0; i < all.n; i++)
		strv_add(&names, all.v[i].kernel->name);
	list = strv_join(&names, ", ");
	return lab_fail(lab, err, "%s, or use a kernel already added: %s", why, list);
}

int lab_kernel_add(struct lab *lab, const char *name, bool allow_expired,
		   struct lab_kernel **ret)
{
	_cleanup_kernel_name_ struct kernel_name parsed = {.arg = NULL};
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};
	_cleanup_free_ char *id = NULL;
	int err = kernel_name_parse(lab, name, &parsed);

	if (err)
		return err;
	err = find_parsed(lab, name, &parsed, ret);
	if (err != -ENOENT || parsed.kind == NAME_TREE || parsed.kind == NAME_HOST)
		return err;
	err = debian_add(lab, &parsed, allow_expired, &id);
	if (err)
		return err == -ENETUNREACH ? offer_added(lab, err) : err;
	err = kernel_entries_load(lab, &all);
	for (size_t i = 0; !err && i < all.n; i++)
		if (!strcmp(all.v[i].kernel->id, id)) {
			*ret = use_entry(lab, &all.v[i]);
			return 0;
		}
	return err ? err
		   : lab_fail(lab, -EUCLEAN,
			      "kernel '%s' was added and is gone; is "
			      "something else removing kernels?",
			      name);
}

int lab_kernel_list(struct lab *lab, struct lab_kernel ***ret, size_t *n)
{
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};
	int err = kernel_entries_load(lab, &all);

	if (err)
		return err;
	*ret = xcalloc(all.n + 1, sizeof(**ret));
	*n = all.n;
	for (size_t i = 0; i < all.n; i++)
		(*ret)[i] = take_ptr(all.v[i].kernel);
	return 0;
}

void lab_kernel_list_free(struct lab_kernel **kernels, size_t n)
{
	for (size_t i = 0; kernels && i < n; i++)
		lab_kernel_destroy(kernels[i]);
	free(kernels);
}

/* The tree itself may be gone; its entry can be removed all the same. */
static bool is_tree_entry(const struct kernel_entry *entry, const char *path)
{
	_cleanup_free_ char *real = realpath(path, NULL);

	return entry->tree && !strcmp(entry->tree, real ? real : path);
}

int lab_kernel_remove(struct lab *lab, const char *name)
{
	_cleanup_kernel_name_ struct kernel_name parsed = {.arg = NULL};
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};
	struct kernel_entry *entry = NULL;
	int err = kernel_name_parse(lab, name, &parsed);

	if (!err)
		err = kernel_entries_load(lab, &all);
	if (err)
		return err;
	if (parsed.kind == NAME_HOST)
		return lab_fail(lab, -EINVAL,
				"'host' is not in the cache; there is nothing "
				"to remove");
	if (parsed.kind != NAME_TREE)
		entry = kernel_entries_pick(&all, &parsed);
	for (size_t i = 0; parsed.kind == NAME_TREE && i < all.n; i++)
		if (is_tree_entry(&all.v[i], parsed.arg))
			entry = &all.v[i];
	return entry ? kernel_entry_remove(lab, entry) : not_added(lab, name, &all);
}
