// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chosen kernel becomes an entry of the cache. One apt transaction against an empty
 * package database names every file that a kernel and its build root need; apt checks
 * them, we unpack them.
 */
#include <string.h>
#include <sys/statvfs.h>

#include "fs.h"

#include "deb.h"
#include "debian.h"
#include "root.h"

void debian_add_deinit(struct debian_add *add)
{
	if (add->apt.lab)
		apt_close(&add->apt);
	debian_choice_deinit(&add->choice);
	apt_plan_deinit(&add->kernel);
	apt_plan_deinit(&add->root);
	free(add->id);
	free(add->root_id);
	free(add->label);
}

/* ---- which packages it takes ---- */

static bool is_kernel_package(const char *package)
{
	static const char *const kinds[] = {
		DEBIAN_IMAGE,	 "linux-binary-",   "linux-modules-", "linux-headers-",
		"linux-kbuild-", "linux-compiler-", "linux-base",     NULL};

	for (int i = 0; kinds[i]; i++)
		if (str_starts(package, kinds[i]))
			return true;
	return false;
}

static void plan_move(struct apt_plan *to, struct apt_file *file)
{
	to->v = xreallocarray(to->v, to->n + 1, sizeof(*to->v));
	to->v[to->n++] = *file;
	*file = (struct apt_file){NULL, NULL, NULL, 0};
}

/* The id is made from the names of the packages: kernels that need the same ones share
 * the root. */
static char *name_root(const struct apt_plan *root, const char *suite)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	_cleanup_free_ char *key = NULL, *base = xstrndup(suite, strcspn(suite, "-"));

	for (size_t i = 0; i < root->n; i++)
		strv_add(&names, root->v[i].file);
	strv_sort(&names);
	strv_add(&names, "layout 1");
	key = lab_cache_key((const char *const *)names.v);
	return xprintf("%s-%s", base, key);
}

static int plan_packages(struct debian_add *add)
{
	_cleanup_strv_ struct strv packages = STRV_INIT;
	_cleanup_apt_plan_ struct apt_plan all = {NULL, 0};
	const struct debian_choice *c = &add->choice;
	int err;

	strv_printf(&packages, DEBIAN_IMAGE "%s=%s", c->release, c->version);
	strv_printf(&packages, "linux-headers-%s=%s", c->release, c->version);
	root_packages(&packages);
	err = apt_plan(&add->apt, &packages, &all);
	if (err)
		return err;
	for (size_t i = 0; i < all.n; i++)
		plan_move(is_kernel_package(all.v[i].package) ? &add->kernel : &add->root,
			  &all.v[i]);
	add->id = xprintf("debian-%s", c->version);
	add->root_id = name_root(&add->root, c->suite);
	return 0;
}

int debian_need_space(struct lab *lab, uint64_t need, const char *what)
{
	struct statvfs fs;
	uint64_t have;

	if (statvfs(lab->cache_dir, &fs) < 0)
		return 0;
	have = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (have >= need)
		return 0;
	return lab_fail(lab, -ENOSPC,
			"not enough space in '%s' for %s: %llu MB free, %llu MB "
			"needed; free some or set KMLAB_CACHE",
			lab->cache_dir, what, (unsigned long long)(have >> 20),
			(unsigned long long)(need >> 20));
}

/* A kernel is about four times as big as its xz packages, and for a while both are there:
 * five times the size of the packages is needed. */
static int check_kernel_space(struct debian_add *add, bool with_root)
{
	_cleanup_free_ char *what = xprintf("kernel '%s'", add->choice.version);
	uint64_t need = 256u << 20;

	for (size_t i = 0; i < add->kernel.n; i++)
		need += add->kernel.v[i].size * 5;
	for (size_t i = 0; with_root && i < add->root.n; i++)
		need += add->root.v[i].size * 5;
	return debian_need_space(add->lab, need, what);
}

/* ---- making it ---- */

static void add_jobs(const struct apt_plan *plan, const char *debs, const char *dir,
		     enum deb_layout layout, struct strv *files, struct deb_job *jobs,
		     size_t *n)
{
	for (size_t i = 0; i < plan->n; i++) {
		strv_printf(files, "%s/%s", debs, plan->v[i].file);
		jobs[(*n)++] = (struct deb_job){files->v[files->n - 1], dir, layout,
						plan->v[i].size};
	}
}

static int make_dir(struct lab *lab, const char *parent, const char *name, char **ret)
{
	_cleanup_free_ char *path = xprintf("%s/%s", parent, name);
	int err = fs_mkdir_p(path, 0700);

	if (err)
		return lab_fail(lab, err,
				"cannot make '%s': %s; free space or set "
				"KMLAB_CACHE",
				path, strerror(-err));
	*ret = take_ptr(path);
	return 0;
}

static int fetch_packages(struct debian_add *add, const char *debs, bool with_root)
{
	_cleanup_free_ char *what = xprintf("downloading %s", add->label);
	struct apt_plan all = {NULL, 0};
	int err;

	all.v = xcalloc(add->kernel.n + add->root.n, sizeof(*all.v));
	for (size_t i = 0; i < add->kernel.n; i++)
		all.v[all.n++] = add->kernel.v[i];
	for (size_t i = 0; with_root && i < add->root.n; i++)
		all.v[all.n++] = add->root.v[i];
	err = apt_download(&add->apt, &all, debs, what);
	free(all.v); /* not its strings: they belong to @add */
	return err;
}

static int unpack_packages(struct debian_add *add, const char *debs, const char *kernel,
			   const char *root)
{
	_cleanup_free_ char *what = xprintf("unpacking %s", add->label);
	_cleanup_free_ struct deb_job *jobs = NULL;
	_cleanup_strv_ struct strv files = STRV_INIT;
	size_t n = 0;

	jobs = xcalloc(add->kernel.n + add->root.n, sizeof(*jobs));
	add_jobs(&add->kernel, debs, kernel, DEB_KERNEL, &files, jobs, &n);
	if (root)
		add_jobs(&add->root, debs, root, DEB_ROOT, &files, jobs, &n);
	return deb_unpack(add->lab, jobs, n, what);
}

/* The first of two places relative to @dir that exists; NULL: neither. */
static char *either(const char *dir, const char *a, const char *b)
{
	const char *both[] = {a, b};

	for (int i = 0; i < 2; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", dir, both[i]);

		if (fs_exists(path))
			return xstrdup(both[i]);
	}
	return NULL;
}

/* Until 6.18 image and config lie in /boot, since 6.19 beside the modules. */
static char *boot_file(const char *dir, const char *name, const char *release)
{
	_cleanup_free_ char *a = xprintf("boot/%s-%s", name, release);
	_cleanup_free_ char *b = xprintf("lib/modules/%s/%s", release, name);

	return either(dir, a, b);
}

/* Debian ships a System.map of one line that says where the real one is. */
static char *real_system_map(const char *dir, const char *release)
{
	_cleanup_free_ char *map = boot_file(dir, "System.map", release);
	_cleanup_free_ char *path = xprintf("%s/%s", dir, map ? map : "");

	return map && fs_tree_size(path) > 65536 ? take_ptr(map) : NULL;
}

static int describe_kernel(struct debian_add *add, const char *dir)
{
	_cleanup_kernel_ struct lab_kernel *k = xcalloc(1, sizeof(*k));
	_cleanup_free_ char *series = kernel_series(add->choice.release);
	struct kernel_entry entry = {
		.kernel = k, .root_id = add->root_id, .of_suite = add->choice.of_suite};
	const char *release = add->choice.release;

	k->name = xprintf("debian/%s", series);
	k->id = xstrdup(add->id);
	k->provider = xstrdup("debian");
	k->suite = xstrdup(add->choice.suite);
	k->release = xstrdup(release);
	k->version = xstrdup(add->choice.version);
	k->image = boot_file(dir, "vmlinuz", release);
	k->config = boot_file(dir, "config", release);
	k->system_map = real_system_map(dir, release);
	k->modules = xprintf("lib/modules/%s", release);
	k->headers = xprintf("/usr/src/linux-headers-%s", release);
	k->usr_src = xstrdup("usr/src");
	k->size = fs_tree_size(dir);
	if (!k->image)
		return lab_fail(add->lab, -ENOENT,
				"the packages of kernel '%s' hold no image; "
				"name another one",
				add->choice.version);
	return kernel_entry_write(add->lab, dir, &entry);
}

/*
 * On 7.2, not yet on 6.12, C=1 and C=2 first ask a script of the kernel's tree whether
 * the checker is up to it, and Debian's headers come without it. What sparse may lack is
 * __typeof_unqual__: 0.6.4 does, and cannot read 7.2's headers.
 */
static int complete_headers(struct debian_add *add, const char *dir)
{
	static const char script[] =
		"#!/bin/sh\n"
		"said=$(echo 'static int f(int x) { __typeof_unqual__(x) y = x; "
		"return y; }' | \"$@\" - 2>&1)\n"
		"[ -z \"$said\" ] && echo 1 || echo 0\n";
	_cleanup_free_ char *scripts = xprintf(
		"%s/usr/src/linux-headers-%s-common/scripts", dir, add->choice.release);
	_cleanup_free_ char *path = NULL;
	char *flavour = strstr(scripts, "-" DEBIAN_ARCH "-common");
	int err;

	/* "6.1.0-56-amd64" has its common headers in linux-headers-6.1.0-56-common. */
	if (flavour)
		memmove(flavour, flavour + strlen("-" DEBIAN_ARCH),
			strlen(flavour + strlen("-" DEBIAN_ARCH)) + 1);
	path = xprintf("%s/checker-valid.sh", scripts);
	if (!fs_is_dir(scripts) || fs_exists(path))
		return 0;
	err = fs_write_file(path, script, strlen(script), 0755);
	if (err)
		return lab_fail(add->lab, err,
				"cannot write '%s': %s; free space or set KMLAB_CACHE",
				path, strerror(-err));
	return 0;
}

static int make_entries(struct debian_add *add, struct lab_stage *kernel,
			struct lab_stage *root)
{
	_cleanup_free_ char *debs = NULL;
	int err = make_dir(add->lab, kernel->dir, "debs", &debs);

	if (!err && root->dir)
		err = root_prepare(add->lab, root->dir);
	if (!err)
		err = fetch_packages(add, debs, root->dir != NULL);
	if (!err)
		err = unpack_packages(add, debs, kernel->dir, root->dir);
	if (!err)
		err = fs_remove_tree(debs);
	if (!err && root->dir)
		err = root_finish(add->lab, root->dir);
	if (!err)
		err = complete_headers(add, kernel->dir);
	if (!err)
		err = kernel_depmod(add->lab, kernel->dir, add->choice.release);
	return err ? err : describe_kernel(add, kernel->dir);
}

/* The root stays locked until the kernel that needs it is published; otherwise
 * kernel_entry_remove() of another kernel could take it for unused. */
static int make_and_publish(struct debian_add *add)
{
	_cleanup_stage_ struct lab_stage kernel = LAB_STAGE_INIT, root = LAB_STAGE_INIT;
	_cleanup_close_ int lock = lab_cache_lock(add->lab, "roots", add->root_id);
	bool with_root;
	int err;

	if (lock < 0)
		return lock;
	with_root = !lab_cache_has(add->lab, "roots", add->root_id);
	err = check_kernel_space(add, with_root);
	if (!err)
		err = lab_stage_begin(add->lab, "kernels", &kernel);
	if (!err && with_root)
		err = lab_stage_begin(add->lab, "roots", &root);
	if (!err)
		err = make_entries(add, &kernel, &root);
	if (!err && with_root)
		err = lab_stage_publish(add->lab, &root, add->root_id);
	return err ? err : lab_stage_publish(add->lab, &kernel, add->id);
}

/* The entry may be there already: another suite has the same version, or another process
 * has made it meanwhile. */
static bool have_already(struct debian_add *add)
{
	struct kernel_entries one = {xcalloc(1, sizeof(*one.v)), 1};
	bool have = kernel_entry_read(add->lab, add->id, one.v) == 0;

	kernel_entries_deinit(&one);
	return have;
}

int debian_make(struct debian_add *add, char **ret_id)
{
	int err = plan_packages(add);

	if (err)
		return err;
	if (!have_already(add)) {
		err = lab_cache_remove(add->lab, "kernels", add->id); /* a damaged one */
		if (!err)
			err = make_and_publish(add);
	}
	if (!err)
		*ret_id = take_ptr(add->id);
	return err;
}
