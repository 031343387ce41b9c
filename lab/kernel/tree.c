// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree: provider: a source tree after `make`. Its modules lie in many folders, so the
 * cache gets a lib/modules/RELEASE with links to them and an index. The id depends on the
 * time when image and modules were built: a tree that was built again is another kernel.
 */
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "internal.h"

struct tree {
	char *path; /* absolute, without symlinks */
	char *image;
	char *order; /* modules.order, or NULL: built without modules */
	char *release;
	char *id;
};

static void tree_deinit(struct tree *t)
{
	free(t->path);
	free(t->image);
	free(t->order);
	free(t->release);
	free(t->id);
}

static int need(struct lab *lab, const struct tree *t, const char *file,
		const char *target, char **ret)
{
	_cleanup_free_ char *path = xprintf("%s/%s", t->path, file);

	if (access(path, R_OK) < 0)
		return lab_fail(lab, -ENOENT,
				"'%s' is not a built kernel tree: '%s' is "
				"missing; run 'make %s' there",
				t->path, file, target);
	if (ret)
		*ret = take_ptr(path);
	return 0;
}

static int read_release(struct lab *lab, struct tree *t)
{
	_cleanup_free_ char *path = NULL;
	int err = need(lab, t, "include/config/kernel.release", "modules", &path);

	if (!err)
		err = fs_read_file(path, &t->release, NULL);
	if (err)
		return err;
	t->release[strcspn(t->release, " \t\r\n")] = '\0';
	if (!*t->release || strchr(t->release, '/'))
		return lab_fail(lab, -EINVAL,
				"'%s' names no kernel release; run 'make' in '%s' "
				"again",
				path, t->path);
	return 0;
}

/* A rebuild may leave modules.order as it is. Module.symvers is written each time when
 * the modules are linked, so its time shows the rebuild. */
static void make_id(struct tree *t)
{
	static const char *const files[] = {"arch/x86/boot/bzImage", "modules.order",
					    "Module.symvers", ".config", NULL};
	_cleanup_strv_ struct strv parts = STRV_INIT;
	_cleanup_free_ char *key = NULL;

	strv_add(&parts, t->path);
	strv_add(&parts, t->release);
	for (int i = 0; files[i]; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", t->path, files[i]);
		struct stat st = {.st_size = -1};

		stat(path, &st);
		strv_printf(&parts, "%lld %lld.%09ld", (long long)st.st_size,
			    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	}
	key = lab_cache_key((const char *const *)parts.v);
	t->id = xprintf("tree-%s", key);
}

static int tree_look(struct lab *lab, const char *path, struct tree *t)
{
	int err;

	t->path = realpath(path, NULL);
	if (!t->path)
		return lab_fail(lab, -errno, "cannot open the kernel tree '%s': %s", path,
				strerror(errno));
	err = need(lab, t, "arch/x86/boot/bzImage", "bzImage", &t->image);
	if (!err)
		err = need(lab, t, "Module.symvers", "modules", NULL);
	if (!err)
		err = read_release(lab, t);
	if (err)
		return err;
	t->order = xprintf("%s/modules.order", t->path);
	if (!fs_exists(t->order)) {
		free(t->order);
		t->order = NULL;
	}
	make_id(t);
	return 0;
}

/* Lines of modules.order: "fs/ext4/ext4.o" since 6.4, "fs/ext4/ext4.ko" before. */
static char *module_on_line(const char *line)
{
	if (str_ends(line, ".ko"))
		return xstrdup(line);
	if (str_ends(line, ".o"))
		return xprintf("%.*s.ko", (int)(strlen(line) - strlen(".o")), line);
	return NULL;
}

static int link_module(const struct tree *t, const char *modules, const char *name)
{
	_cleanup_free_ char *from = xprintf("%s/%s", t->path, name);
	_cleanup_free_ char *to = xprintf("%s/kernel/%s", modules, name);
	char *slash = strrchr(to, '/');
	int err;

	if (strstr(name, "..") || !fs_exists(from))
		return 0; /* not built, or not in the tree: then without it */
	*slash = '\0';
	err = fs_mkdir_p(to, 0755);
	*slash = '/';
	if (!err && symlink(from, to) < 0 && errno != EEXIST)
		err = -errno;
	return err;
}

static int link_all(const struct tree *t, const char *modules)
{
	_cleanup_free_ char *order = NULL;
	char *line, *save;
	int err = t->order ? fs_read_file(t->order, &order, NULL) : 0;

	for (line = !err && order ? strtok_r(order, "\n", &save) : NULL; line && !err;
	     line = strtok_r(NULL, "\n", &save)) {
		_cleanup_free_ char *name = module_on_line(line);

		if (name)
			err = link_module(t, modules, name);
	}
	return err;
}

/* What modules_install copies besides the modules. */
static int copy_lists(const struct tree *t, const char *modules)
{
	static const char *const lists[] = {"modules.order", "modules.builtin",
					    "modules.builtin.modinfo", NULL};
	int err = fs_mkdir_p(modules, 0755);

	for (int i = 0; !err && lists[i]; i++) {
		_cleanup_free_ char *from = xprintf("%s/%s", t->path, lists[i]);
		_cleanup_free_ char *to = xprintf("%s/%s", modules, lists[i]);

		if (fs_exists(from))
			err = fs_copy_file(from, to);
	}
	return err;
}

static char *if_there(const struct tree *t, const char *name)
{
	char *path = xprintf("%s/%s", t->path, name);

	if (fs_exists(path))
		return path;
	free(path);
	return NULL;
}

static int describe_tree(struct lab *lab, const struct tree *t, const char *dir)
{
	_cleanup_kernel_ struct lab_kernel *k = xcalloc(1, sizeof(*k));
	struct kernel_entry entry = {.kernel = k, .tree = t->path};

	k->name = xprintf("tree:%s", t->path);
	k->id = xstrdup(t->id);
	k->provider = xstrdup("tree");
	k->release = xstrdup(t->release);
	k->version = xstrdup(t->release);
	k->image = xstrdup(t->image);
	k->modules = xprintf("lib/modules/%s", t->release);
	k->config = if_there(t, ".config");
	k->system_map = if_there(t, "System.map");
	k->headers = xstrdup(t->path);
	k->size = fs_tree_size(dir);
	return kernel_entry_write(lab, dir, &entry);
}

static int make_farm(struct lab *lab, const struct tree *t, const char *dir)
{
	_cleanup_free_ char *modules = xprintf("%s/lib/modules/%s", dir, t->release);
	int err = copy_lists(t, modules);

	if (!err)
		err = link_all(t, modules);
	if (err)
		return lab_fail(lab, err, "cannot collect the modules of '%s': %s",
				t->path, strerror(-err));
	err = kernel_depmod(lab, dir, t->release);
	return err ? err : describe_tree(lab, t, dir);
}

/* Entries of the same tree from before it was rebuilt. */
static void drop_old(struct lab *lab, const struct tree *t)
{
	_cleanup_kernel_entries_ struct kernel_entries all = {NULL, 0};

	if (kernel_entries_load(lab, &all) < 0)
		return;
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].tree && !strcmp(all.v[i].tree, t->path) &&
		    strcmp(all.v[i].kernel->id, t->id))
			kernel_entry_remove(lab, &all.v[i]);
}

static int make_tree_entry(struct lab *lab, const struct tree *t)
{
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	_cleanup_close_ int lock = lab_cache_lock(lab, "kernels", t->id);
	int err;

	if (lock < 0)
		return lock;
	if (lab_cache_has(lab, "kernels", t->id))
		return 0;
	drop_old(lab, t);
	err = lab_stage_begin(lab, "kernels", &stage);
	if (!err)
		err = make_farm(lab, t, stage.dir);
	return err ? err : lab_stage_publish(lab, &stage, t->id);
}

int tree_open(struct lab *lab, const char *path, struct lab_kernel **ret)
{
	_cleanup_(tree_deinit) struct tree t = {.path = NULL};
	struct kernel_entries one = {xcalloc(1, sizeof(*one.v)), 1};
	int err = tree_look(lab, path, &t);

	if (!err && !lab_cache_has(lab, "kernels", t.id))
		err = make_tree_entry(lab, &t);
	if (!err)
		err = kernel_entry_read(lab, t.id, one.v);
	if (!err)
		*ret = take_ptr(one.v->kernel);
	kernel_entries_deinit(&one);
	return err;
}
