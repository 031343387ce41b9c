// SPDX-License-Identifier: GPL-2.0-only
/* What is to be built, where its objects live in the cache, and how they are kept in
 * agreement with a source that changes between two builds. */
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

#include "../cache.h"
#include "../checkout.h"
#include "below.h"
#include "build_job.h"
#include "fs.h"

int build_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

void build_job_deinit(struct build_job *job)
{
	free(job->dir);
	free(job->at);
	free(job->file);
	strv_deinit(&job->dkms_modules);
	free(job->entry);
	free(job->upper);
	free(job->work);
	cleanup_close(&job->top);
	cleanup_close(&job->lock_fd);
	strv_deinit(&job->expose);
	strv_deinit(&job->hide);
	strv_deinit(&job->see);
}

/* 1 or 0; an error for a FIFO or the like, for which make would wait. */
static int has(struct build_job *job, const char *name)
{
	_cleanup_free_ char *path = xprintf("%s/%s", job->dir, name);
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	if (S_ISREG(st.st_mode))
		return 1;
	return lab_fail(job->lab, -EINVAL,
			"'%s' is not a regular file; replace it by one", path);
}

/* Which of the files is there that say how to build? */
static int find_rules(struct build_job *job)
{
	static const char *const names[] = {"dkms.conf", "Kbuild", "Makefile", NULL};
	int found = 0;

	for (const char *const *name = names; *name && !found; name++) {
		found = has(job, *name);
		job->dkms = found > 0 && name == names;
	}
	return found;
}

static int find_file(struct build_job *job, char *path)
{
	char *slash = strrchr(path, '/');

	if (!str_ends(path, ".c"))
		return lab_fail(job->lab, -ENODATA,
				"'%s' is not C source; name a directory "
				"with a Kbuild file, or a .c file",
				job->spec->source);
	job->file = xstrdup(slash + 1);
	job->dir = xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
	return 0;
}

/* Real path: a source named in two ways shares its objects. */
static int find_source(struct build_job *job)
{
	const char *given = job->spec->source;
	_cleanup_free_ char *path = realpath(given, NULL);
	int found;

	if (!path)
		return lab_fail(job->lab, -errno,
				"cannot open source '%s': %s; check the path", given,
				strerror(errno));
	if (!fs_is_dir(path))
		return find_file(job, path);
	job->dir = take_ptr(path);
	found = find_rules(job);
	if (found)
		return found < 0 ? found : 0;
	return lab_fail(job->lab, -ENODATA,
			"'%s' has no Kbuild, Makefile or dkms.conf; name "
			"the directory that has one, or a .c file",
			given);
}

static int make_upper(struct build_job *job)
{
	int err = fs_mkdir_p(job->upper, 0755);

	if (!err)
		err = fs_mkdir_p(job->work, 0755);
	if (err)
		return err;
	cleanup_close(&job->top);
	job->top = below_top(job->upper);
	return job->top < 0 ? job->top : 0;
}

/* Objects of different commands do not share a directory: switching back and forth
 * would rebuild everything each time. */
static int open_entry(struct build_job *job)
{
	const struct lab_build_spec *spec = job->spec;
	_cleanup_free_ char *args = NULL, *key = NULL;
	_cleanup_strv_ struct strv list = STRV_INIT;
	int err;

	strv_add_all(&list, spec->make_args);
	if (spec->warnings_as_errors)
		strv_add(&list, "-Werror");
	/* What was made without a box is not taken for what was made in one. */
	if (job->lab->box && job->lab->box->unboxed)
		strv_add(&list, "--unboxed");
	args = strv_join(&list, "\n");
	{
		const char *const parts[] = {job->dir, job->file ? job->file : "",
					     job->kernel->id, args, NULL};
		key = lab_cache_key(parts);
	}
	job->lock_fd = lab_cache_lock(job->lab, "builds", key);
	if (job->lock_fd < 0)
		return job->lock_fd;
	job->entry = lab_cache_path(job->lab, "builds", key);
	if (spec->clean) {
		err = fs_remove_tree(job->entry);
		if (err)
			return lab_fail(job->lab, err,
					"cannot remove '%s': %s; remove it "
					"by hand",
					job->entry, strerror(-err));
	}
	lab_cache_has(job->lab, "builds", key); /* used now, see 'kmlab clean' */
	job->upper = xprintf("%s/upper", job->entry);
	job->work = xprintf("%s/work", job->entry);
	err = make_upper(job);
	if (err)
		return lab_fail(job->lab, err,
				"cannot make '%s': %s; free some space or set "
				"KMLAB_CACHE",
				job->entry, strerror(-err));
	return 0;
}

static void add_seen(struct build_job *job, const char *path)
{
	char *real = realpath(path, NULL);

	if (real)
		strv_take(&job->see, real);
}

static void find_seen(struct build_job *job)
{
	char *top = lab_checkout_of(job->dir);

	if (top)
		strv_take(&job->see, top);
	for (char *const *s = job->spec->symvers; s && *s; s++)
		add_seen(job, *s);
	if (!job->kernel->root) /* the host's own kernel may have been built anywhere */
		add_seen(job, job->kernel->headers);
}

static void fill_box(struct build_job *job)
{
	const struct lab_kernel *kernel = job->kernel;
	bool host = kernel->provider && !strcmp(kernel->provider, "host");

	find_seen(job);
	job->at = build_path_show(job->dir);
	job->box = (struct lab_sandbox){
		.root = kernel->root,
		.usr_src = kernel->usr_src,
		.lib_modules = kernel->modules,
		.release = host ? NULL : kernel->release,
		.headers = kernel->headers,
		.lower = job->dir,
		.at = strcmp(job->at, job->dir) ? job->at : NULL,
		.upper = job->upper,
		.work = job->work,
		.see = job->see.v,
	};
}

int build_job_open(struct lab *lab, const struct lab_build_spec *spec,
		   struct build_job *job)
{
	int err;

	job->lab = lab;
	job->spec = spec;
	job->kernel = spec->kernel;
	if (!job->kernel->headers)
		return lab_fail(lab, -ENODATA,
				"kernel '%s' has no headers to build against; "
				"add one that has",
				job->kernel->name);
	err = find_source(job);
	if (!err)
		err = open_entry(job);
	if (!err)
		fill_box(job);
	return err;
}

/* --- agreement between the objects kept and the source as it is ----------------------
 */

static bool newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static bool is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}

/* Made by Kbuild, judged by its name and by the record Kbuild keeps beside it. */
static bool is_product(const char *dir, const char *name)
{
	static const char *const ends[] = {".cmd", ".ko", ".mod.c", ".mod", NULL};
	_cleanup_free_ char *cmd = xprintf("%s/.%s.cmd", dir, name);

	for (const char *const *end = ends; *end; end++)
		if (str_ends(name, *end))
			return true;
	return !strcmp(name, "modules.order") || !strcmp(name, "Module.symvers") ||
	       fs_exists(cmd);
}

/* In the two walks below upper, all that is gone into was seen to be a directory and no
 * symlink, and each file is removed by its own name below that. */

/* Files that a build changed or removed in its view of the source hide the user's own;
 * once the user changes one, the user's counts again. @since: the last build. */
static int drop_shadows(const char *upper, const char *lower,
			const struct timespec *since)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(upper, true, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *up = xprintf("%s/%s", upper, names.v[i]);
		_cleanup_free_ char *low = xprintf("%s/%s", lower, names.v[i]);
		struct stat us, ls;

		if (lstat(up, &us) < 0 || lstat(low, &ls) < 0)
			continue;
		if (S_ISDIR(us.st_mode) && S_ISDIR(ls.st_mode))
			err = drop_shadows(up, low, since);
		else if (newer(&ls.st_ctim, since) && !is_product(upper, names.v[i]) &&
			 !(is_whiteout(&us) && is_product(lower, names.v[i])))
			err = fs_remove_tree(up);
	}
	return err;
}

static bool in_upper(const struct build_job *job, const char *rel)
{
	_cleanup_free_ char *path = xprintf("%s/%s", job->upper, rel);
	struct stat st;

	return lstat(path, &st) == 0;
}

/* What the user's own earlier build left is not used: its kernel and compiler are
 * unknown. */
static void hide_one(struct build_job *job, const char *sub, const char *name)
{
	_cleanup_free_ char *rel = xprintf("%s%s", sub, name);
	_cleanup_free_ char *low = xprintf("%s/%s", job->dir, rel);
	struct stat st;

	if (lstat(low, &st) == 0 && S_ISREG(st.st_mode) &&
	    (job->mirror || !in_upper(job, rel)))
		strv_take(&job->hide, take_ptr(rel));
}

static void hide_product(struct build_job *job, const char *sub, const char *cmd)
{
	_cleanup_free_ char *name = xstrndup(cmd + 1, strlen(cmd) - strlen("..cmd"));

	hide_one(job, sub, cmd);
	hide_one(job, sub, name);
	if (str_ends(name, ".mod.o")) {
		name[strlen(name) - 1] = 'c';
		hide_one(job, sub, name);
	}
}

/* @sub: "" or a relative path that ends in '/'. */
static int hide_products(struct build_job *job, const char *sub)
{
	_cleanup_free_ char *dir = xprintf("%s/%s", job->dir, sub);
	_cleanup_strv_ struct strv names = STRV_INIT;
	bool any = false;

	if (fs_list(dir, true, &names))
		return 0; /* unreadable for us, so for make */
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i];
		_cleanup_free_ char *path = xprintf("%s/%s", dir, name);
		struct stat st;

		if (!strcmp(name, ".git") || lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			_cleanup_free_ char *below = xprintf("%s%s/", sub, name);

			if (lab_cancelled(job->lab))
				return -ECANCELED;
			hide_products(job, below);
		} else if (name[0] == '.' && name[1] && str_ends(name, ".cmd") &&
			   strlen(name) > strlen("..cmd")) {
			hide_product(job, sub, name);
			any = true;
		}
	}
	if (any) {
		hide_one(job, sub, "modules.order");
		hide_one(job, sub, "Module.symvers");
	}
	return 0;
}

/* Around one .c file: the directories and headers beside it, and nothing else of what
 * may be a home directory. */
static int expose_neighbours(struct build_job *job)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = lab_sandbox_sweep(job->upper);

	if (!err)
		err = fs_list(job->dir, false, &names);
	for (size_t i = 0; !err && i < names.n; i++) {
		const char *name = names.v[i];
		_cleanup_free_ char *path = xprintf("%s/%s", job->dir, name);
		bool source = str_ends(name, ".h") || str_ends(name, ".inc") ||
			      str_ends(name, ".c") || str_ends(name, ".S");
		bool product = str_ends(name, ".mod.c");

		if (!strcmp(name, job->file) || (source && !product) ||
		    (names.n < 1024 && fs_is_dir(path)))
			strv_add(&job->expose, name);
	}
	if (!job->expose.n)
		strv_add(&job->expose, job->file);
	job->box.expose = job->expose.v;
	return err;
}

static int write_kbuild(struct build_job *job)
{
	_cleanup_free_ char *text =
		xprintf("obj-m := %.*s.o\n", (int)strlen(job->file) - 2, job->file);
	_cleanup_free_ char *now = NULL;

	/* Written only when it differs: make looks at its time. */
	if (below_read(job->top, "Kbuild", strlen(text), &now, NULL) == 0 &&
	    !strcmp(now, text))
		return 0;
	return below_write(job->top, "Kbuild", text, strlen(text), 0644);
}

int build_fresh_upper(struct build_job *job)
{
	_cleanup_free_ char *copied = xprintf("%s/mirror", job->entry);
	_cleanup_free_ char *warned = xprintf("%s/warnings", job->entry);
	int err = fs_remove_tree(job->upper);

	if (!err)
		err = fs_remove_tree(copied);
	if (!err)
		err = fs_remove_tree(warned);
	if (!err)
		err = fs_remove_tree(job->work);
	return err ? err : make_upper(job);
}

/* The time of the build before this one, and mark this one's, both by the clock of the
 * file system that the objects lie on. */
static int stamp(struct build_job *job, struct timespec *last)
{
	_cleanup_free_ char *path = xprintf("%s/stamp", job->entry);
	struct stat st;
	int err;

	*last = (struct timespec){0};
	if (stat(path, &st) == 0)
		*last = st.st_mtim;
	err = fs_write_file(path, job->dir, strlen(job->dir), 0644);
	if (!err && stat(path, &st) < 0)
		err = -errno;
	job->start = st.st_mtim;
	return err;
}

char *lab_build_origin(const char *cache_dir, const char *path, char **upper)
{
	_cleanup_free_ char *builds = xprintf("%s/builds", cache_dir);
	const char *rest = path_rest(path, builds);
	_cleanup_free_ char *entry = NULL, *top = NULL, *mark = NULL;
	char *source = NULL;

	if (!rest)
		return NULL;
	entry = xprintf("%s/%.*s", builds, (int)strcspn(rest, "/"), rest);
	top = xprintf("%s/upper", entry);
	mark = xprintf("%s/stamp", entry);
	/* Beside upper, out of the build's reach. */
	if (!path_below(path, top) || fs_read_file(mark, &source, NULL))
		return NULL;
	if (upper)
		*upper = take_ptr(top);
	return source;
}

/* --- after a build that was killed ---------------------------------------------------
 */

static char *mark_path(const struct build_job *job)
{
	return xprintf("%s/building", job->entry);
}

/* All that was written since then: make would take half an object for a whole one. */
static int drop_since(const char *dir, const struct timespec *since)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(dir, true, &names);

	for (size_t i = 0; i < names.n && !err; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", dir, names.v[i]);
		struct stat st;

		if (lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			err = drop_since(path, since);
		else if (!newer(since, &st.st_ctim) && unlink(path) < 0)
			err = -errno;
	}
	return err;
}

static int recover(struct build_job *job)
{
	_cleanup_free_ char *mark = mark_path(job);
	_cleanup_free_ char *begun = xprintf("%s/stamp", job->entry);
	struct stat st;

	if (!fs_exists(mark))
		return 0;
	/* What is gone from a copy would not be copied again. */
	if (job->mirror || stat(begun, &st) < 0)
		return build_fresh_upper(job);
	return drop_since(job->upper, &st.st_mtim);
}

static int mark_begin(struct build_job *job)
{
	_cleanup_free_ char *mark = mark_path(job);

	return fs_write_file(mark, "", 0, 0644);
}

void build_finished(struct build_job *job)
{
	_cleanup_free_ char *mark = mark_path(job);

	unlink(mark);
}

int build_prepare(struct build_job *job)
{
	static char *const nothing[] = {NULL};
	struct timespec last;
	int err = recover(job);

	if (!err)
		err = stamp(job, &last);
	if (!err)
		err = mark_begin(job);
	if (!err && job->dkms_patches)
		err = build_fresh_upper(job);
	if (!err && job->file) {
		err = expose_neighbours(job);
		if (!err)
			err = write_kbuild(job);
	} else if (!err && job->mirror) {
		err = hide_products(job, "");
		if (!err)
			err = build_mirror_sync(job);
		job->box.expose = job->box.hide = nothing;
	} else if (!err) {
		err = drop_shadows(job->upper, job->dir, &last);
		if (!err)
			err = hide_products(job, "");
		job->box.hide = job->hide.v;
	}
	if (err)
		return lab_fail(job->lab, err,
				"cannot prepare '%s': %s; try again with "
				"--clean",
				job->entry, strerror(-err));
	return 0;
}
