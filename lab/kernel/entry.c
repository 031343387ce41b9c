// SPDX-License-Identifier: GPL-2.0-only
/* kernels/ID/kernel.json: what an entry is, written last and read by everybody. */
#include <string.h>

#include "fs.h"

#include "internal.h"

#define KERNEL_JSON "kernel.json"
/* To be raised when old entries cannot be used any more: such kernels are added again. */
#define ENTRY_FORMAT 2

static void kernel_entry_deinit(struct kernel_entry *entry)
{
	lab_kernel_destroy(entry->kernel);
	free(entry->root_id);
	free(entry->tree);
	*entry = (struct kernel_entry){.kernel = NULL};
}

void kernel_entries_deinit(struct kernel_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		kernel_entry_deinit(&entries->v[i]);
	free(entries->v);
	*entries = (struct kernel_entries){NULL, 0};
}

int kernel_entry_write(struct lab *lab, const char *dir, const struct kernel_entry *entry)
{
	const struct lab_kernel *k = entry->kernel;
	_cleanup_free_ char *path = xprintf("%s/" KERNEL_JSON, dir);
	_cleanup_free_ char *text = NULL;
	json_t *json;
	int err;

	json = json_pack("{si ss ss* ss* ss ss ss ss ss* ss* ss* ss ss* ss* sb sI}",
			 "format", ENTRY_FORMAT, "id", k->id, "provider", k->provider,
			 "suite", k->suite, "name", k->name, "release", k->release,
			 "version", k->version, "image", k->image, "modules", k->modules,
			 "config", k->config, "system_map", k->system_map, "headers",
			 k->headers, "usr_src", k->usr_src, "root", entry->root_id,
			 "of_suite", entry->of_suite, "size", (json_int_t)k->size);
	if (json && entry->tree)
		json_object_set_new(json, "tree", json_string(entry->tree));
	text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
	json_decref(json);
	if (!text)
		return lab_fail(lab, -EINVAL, "cannot describe kernel '%s'", k->id);
	err = fs_write_file(path, text, strlen(text), 0644);
	if (err)
		return lab_fail(lab, err,
				"cannot write '%s': %s; free space or set "
				"KMLAB_CACHE",
				path, strerror(-err));
	return 0;
}

static char *json_text(const json_t *json, const char *key)
{
	return xstrdup(json_string_value(json_object_get(json, key)));
}

/* Relative paths lie in the entry; those of tree: and host kernels are absolute. */
static char *json_path(const json_t *json, const char *key, const char *dir)
{
	const char *s = json_string_value(json_object_get(json, key));

	if (!s)
		return NULL;
	return *s == '/' ? xstrdup(s) : xprintf("%s/%s", dir, s);
}

static struct lab_kernel *from_json(const json_t *json, const char *dir)
{
	struct lab_kernel *k = xcalloc(1, sizeof(*k));

	k->name = json_text(json, "name");
	k->id = json_text(json, "id");
	k->provider = json_text(json, "provider");
	k->suite = json_text(json, "suite");
	k->release = json_text(json, "release");
	k->version = json_text(json, "version");
	k->image = json_path(json, "image", dir);
	k->modules = json_path(json, "modules", dir);
	k->config = json_path(json, "config", dir);
	k->system_map = json_path(json, "system_map", dir);
	k->headers = json_text(json, "headers");
	k->usr_src = json_path(json, "usr_src", dir);
	k->size = (uint64_t)json_integer_value(json_object_get(json, "size"));
	return k;
}

static bool is_complete(const struct lab_kernel *k, const char *id)
{
	return k->id && !strcmp(k->id, id) && k->name && k->provider && k->release &&
	       k->version && k->image && k->modules && k->headers &&
	       fs_exists(k->image) && fs_is_dir(k->modules);
}

int kernel_entry_read(struct lab *lab, const char *id, struct kernel_entry *ret)
{
	_cleanup_free_ char *dir = lab_cache_path(lab, "kernels", id);
	_cleanup_free_ char *path = xprintf("%s/" KERNEL_JSON, dir);
	json_t *json = json_load_file(path, 0, NULL);
	struct kernel_entry e = {.kernel = NULL};
	bool good;

	if (!json)
		return lab_fail(lab, -ENOENT, "no kernel with the id '%s' in the cache",
				id);
	e.kernel = from_json(json, dir);
	e.root_id = json_text(json, "root");
	e.tree = json_text(json, "tree");
	e.of_suite = json_is_true(json_object_get(json, "of_suite"));
	if (e.root_id)
		e.kernel->root = lab_cache_path(lab, "roots", e.root_id);
	good = json_integer_value(json_object_get(json, "format")) == ENTRY_FORMAT &&
	       is_complete(e.kernel, id) && (!e.root_id || fs_is_dir(e.kernel->root));
	json_decref(json);
	if (!good) {
		kernel_entry_deinit(&e);
		return lab_fail(lab, -EUCLEAN,
				"the cache entry '%s' is damaged; remove it", dir);
	}
	*ret = e;
	return 0;
}

static int entry_compare(const void *a, const void *b)
{
	const struct kernel_entry *x = a, *y = b;
	int c = kernel_version_compare(x->kernel->version, y->kernel->version);

	return c ? c : strcmp(x->kernel->id, y->kernel->id);
}

/* The newest kernel of a series carries the short name, older ones their version. */
static void give_names(struct kernel_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++) {
		struct lab_kernel *k = entries->v[i].kernel;
		_cleanup_free_ char *series = kernel_series(k->release);

		for (size_t j = i + 1; series && j < entries->n; j++) {
			struct lab_kernel *other = entries->v[j].kernel;
			_cleanup_free_ char *its = kernel_series(other->release);

			if (strcmp(k->provider, "debian") ||
			    strcmp(other->provider, "debian") || !its ||
			    strcmp(its, series))
				continue;
			free(k->name);
			k->name = xprintf("debian/%s", k->version);
			break;
		}
	}
}

int kernel_entries_load(struct lab *lab, struct kernel_entries *ret)
{
	_cleanup_free_ char *dir = lab_cache_path(lab, "kernels", NULL);
	_cleanup_strv_ struct strv ids = STRV_INIT;
	int err;

	*ret = (struct kernel_entries){NULL, 0};
	err = fs_is_dir(dir) ? fs_list(dir, false, &ids) : 0;
	if (err)
		return lab_fail(lab, err, "cannot read '%s': %s; check its permissions",
				dir, strerror(-err));
	ret->v = xcalloc(ids.n + 1, sizeof(*ret->v));
	for (size_t i = 0; i < ids.n; i++)
		if (kernel_entry_read(lab, ids.v[i], &ret->v[ret->n]) == 0)
			ret->n++;
	qsort(ret->v, ret->n, sizeof(*ret->v), entry_compare);
	give_names(ret);
	return 0;
}

static bool version_fits(const char *version, const char *wanted)
{
	size_t len = strlen(wanted);

	return !strncmp(version, wanted, len) &&
	       (!version[len] || (version[len] == '-' && !strchr(wanted, '-')));
}

bool kernel_entry_matches(const struct kernel_entry *entry,
			  const struct kernel_name *name)
{
	const struct lab_kernel *k = entry->kernel;
	_cleanup_free_ char *series = NULL;

	if (strcmp(k->provider, "debian"))
		return false;
	switch (name->kind) {
	case NAME_SERIES:
		series = kernel_series(k->release);
		return series && !strcmp(series, name->arg);
	case NAME_SUITE:
		return entry->of_suite && k->suite && !strcmp(k->suite, name->arg);
	case NAME_VERSION:
		return version_fits(k->version, name->arg);
	case NAME_RELEASE:
		return !strcmp(k->release, name->arg);
	case NAME_TREE:
	case NAME_HOST:
		break;
	}
	return false;
}

struct kernel_entry *kernel_entries_pick(const struct kernel_entries *entries,
					 const struct kernel_name *name)
{
	for (size_t i = entries->n; i > 0; i--)
		if (kernel_entry_matches(&entries->v[i - 1], name))
			return &entries->v[i - 1];
	return NULL;
}

/* The lock waits for an add that has chosen this root and not yet published its kernel.
 */
static int remove_unused_root(struct lab *lab, const char *root_id)
{
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};
	_cleanup_close_ int lock = lab_cache_lock(lab, "roots", root_id);
	int err;

	if (lock < 0)
		return lock;
	err = kernel_entries_load(lab, &all);
	if (err)
		return err;
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].root_id && !strcmp(all.v[i].root_id, root_id))
			return 0;
	return lab_cache_remove(lab, "roots", root_id);
}

int kernel_entry_remove(struct lab *lab, const struct kernel_entry *entry)
{
	int err = lab_cache_remove_prefix(lab, "templates", entry->kernel->id);

	if (!err)
		err = lab_cache_remove(lab, "kernels", entry->kernel->id);
	if (!err && entry->root_id)
		err = remove_unused_root(lab, entry->root_id);
	return err;
}
