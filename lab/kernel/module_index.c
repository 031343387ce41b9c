// SPDX-License-Identifier: GPL-2.0-only
/* A kernel's own modules; see module_index.h. */
#include <libkmod.h>
#include <limits.h>
#include <string.h>
#include <syslog.h>

#include "fs.h"
#include "index_file.h"
#include "module_index.h"

struct module_index {
	char *dir;
	struct kmod_ctx *kmod;
	bool complained; /* libkmod has met an error that its calls do not return */
};

static void note_error(void *data, int priority, const char *file, int line,
		       const char *function, const char *format, va_list args)
{
	struct module_index *index = data;

	if (priority <= LOG_ERR)
		index->complained = true;
}

/* The two files that are asked; one that is not there is libkmod's to complain of. */
static int check_files(struct lab *lab, const char *dir)
{
	static const char *const names[] = {"modules.dep.bin", "modules.builtin.bin"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", dir, names[i]);
		_cleanup_free_ char *data = NULL;
		size_t size;

		if (fs_read_file(path, &data, &size) || index_file_whole(data, size))
			continue;
		return lab_fail(lab, -EBADMSG,
				"'%s' is damaged; run depmod on it, or add the kernel "
				"again",
				path);
	}
	return 0;
}

/*
 * Maps all files of the index. It must come first: what is not mapped libkmod reads from
 * the file when it is asked, and there it ends the program when the file is damaged.
 */
static int load_index(struct lab *lab, struct module_index *index)
{
	int err = kmod_load_resources(index->kmod);

	if (err)
		return lab_fail(
			lab, err,
			"cannot read '%s/modules.dep.bin' and what belongs to it: "
			"%s; run depmod on it, or add the kernel again",
			index->dir, strerror(-err));
	return 0;
}

int module_index_open(struct lab *lab, const char *dir, struct module_index **ret)
{
	static const char *const no_settings[] = {NULL};
	_cleanup_module_index_ struct module_index *index = xcalloc(1, sizeof(*index));
	int err;

	index->dir = xstrdup(dir);
	index->kmod = kmod_new(dir, no_settings);
	if (!index->kmod)
		return lab_fail(lab, -ENOMEM, "no memory for the modules of '%s'", dir);
	/* Without a function of ours it would write to standard error. */
	kmod_set_log_fn(index->kmod, note_error, index);
	kmod_set_log_priority(index->kmod, LOG_ERR);
	err = check_files(lab, dir);
	if (!err)
		err = load_index(lab, index);
	if (!err)
		*ret = take_ptr(index);
	return err;
}

void module_index_close(struct module_index *index)
{
	if (!index)
		return;
	kmod_unref(index->kmod);
	free(index->dir);
	free(index);
}

static void add_path(const struct kmod_module *module, struct strv *paths)
{
	const char *path = kmod_module_get_path(module);

	if (path && !strv_contains(paths, path))
		strv_add(paths, path);
}

/* Its dependencies come in load order. */
static void add_with_needs(const struct kmod_module *module, struct strv *paths)
{
	struct kmod_list *needs = kmod_module_get_dependencies(module), *one;

	kmod_list_foreach(one, needs)
	{
		struct kmod_module *needed = kmod_module_get_module(one);

		add_path(needed, paths);
		kmod_module_unref(needed);
	}
	kmod_module_unref_list(needs);
	add_path(module, paths);
}

/* Names that no module can have must not reach libkmod: it ignores what follows a dot,
 * and version 30 writes beyond the end of a buffer when a name has thousands of letters.
 */
static bool is_possible(const char *name)
{
	return *name && !strchr(name, '.') && strlen(name) <= NAME_MAX;
}

int module_index_add(struct lab *lab, struct module_index *index, const char *name,
		     struct strv *paths)
{
	struct kmod_module *module = NULL;
	bool known;

	if (!is_possible(name) || kmod_module_new_from_name(index->kmod, name, &module))
		return -ESRCH;
	index->complained = false;
	known = kmod_module_get_path(module) ||
		kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN;
	add_with_needs(module, paths);
	kmod_module_unref(module);
	if (index->complained)
		return lab_fail(lab, -ENOENT,
				"the list of modules in '%s' names files that are not "
				"there; run depmod on it, or add the kernel again",
				index->dir);
	return known ? 0 : -ESRCH;
}
