// SPDX-License-Identifier: GPL-2.0-only
/*
 * The debian provider. One apt transaction against an empty package database names every
 * file that a kernel and its build root need; apt checks them, we unpack them.
 */
#include <ctype.h>
#include <string.h>
#include <sys/statvfs.h>

#include "fs.h"

#include "apt.h"
#include "deb.h"
#include "internal.h"
#include "root.h"

#define IMAGE "linux-image-"
#define META  IMAGE DEBIAN_ARCH

struct choice {
	char *release; /* 6.1.0-56-amd64 */
	char *version; /* 6.1.192-2 */
	char *suite;   /* where it is, security updates counted to their suite */
	bool of_suite;
};

static void choice_deinit(struct choice *c)
{
	free(c->release);
	free(c->version);
	free(c->suite);
	*c = (struct choice){NULL, NULL, NULL, false};
}

/* An add under way. */
struct job {
	struct lab *lab;
	struct apt apt;
	struct choice choice;
	struct apt_plan kernel, root; /* the transaction, divided */
	char *id, *root_id;
	char *label; /* for progress */
};

static void job_deinit(struct job *job)
{
	if (job->apt.lab)
		apt_close(&job->apt);
	choice_deinit(&job->choice);
	apt_plan_deinit(&job->kernel);
	apt_plan_deinit(&job->root);
	free(job->id);
	free(job->root_id);
	free(job->label);
}

/* ---- which package is meant ---- */

/* "6.1.0-56-amd64" of "linux-image-6.1.0-56-amd64"; NULL for metas, rt, cloud, debug
 * and unsigned ones. */
static char *release_of(const char *package)
{
	const char *s = package + strlen(IMAGE);
	size_t len;
	_cleanup_free_ char *bare = NULL;
	const char *dash, *dot;

	if (!str_starts(package, IMAGE) || !isdigit((unsigned char)*s) ||
	    !str_ends(s, "-" DEBIAN_ARCH))
		return NULL;
	len = strlen(s) - strlen("-" DEBIAN_ARCH);
	bare = xstrndup(s, len);
	dash = strrchr(bare, '-');
	dot = strchr(bare, '.');
	if (dash && !isdigit((unsigned char)dash[1]))
		return NULL; /* a flavour */
	if (!dot || !strchr(dot + 1, '.'))
		return NULL; /* the meta package of a series */
	return xstrdup(s);
}

static bool release_fits(const char *release, const struct kernel_name *name)
{
	_cleanup_free_ char *series = kernel_series(release);
	_cleanup_free_ char *wanted = kernel_series(name->arg);

	if (name->kind == NAME_RELEASE)
		return !strcmp(release, name->arg);
	return series && !strcmp(series, wanted);
}

/* Releases of kernels that the lists know and the name allows. */
static int list_releases(struct apt *apt, const struct kernel_name *name,
			 struct strv *series_seen, struct strv *ret)
{
	char *argv[] = {"apt-cache", "pkgnames", IMAGE, NULL};
	_cleanup_text_ struct text out = TEXT_INIT;
	char *line, *save;
	int err = apt_query(apt, argv, &out);

	for (line = !err && out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		_cleanup_free_ char *release = release_of(line);
		_cleanup_free_ char *series = release ? kernel_series(release) : NULL;

		if (!series)
			continue;
		if (release_fits(release, name))
			strv_add(ret, release);
		strv_printf(series_seen, "debian/%s", series);
	}
	return err;
}

/* "http://host/debian-security trixie-security/main amd64 Packages" */
static char *suite_of(const char *origin)
{
	const char *suite = strchr(origin, ' ');
	size_t len;

	if (!suite)
		return NULL;
	suite++;
	len = strcspn(suite, "/ ");
	if (len > strlen("-security") &&
	    !strncmp(suite + len - strlen("-security"), "-security", strlen("-security")))
		len -= strlen("-security");
	return xstrndup(suite, len);
}

/* One line of madison, "package | version | origin"; keeps it when it is newer. */
static void consider(char *line, const struct kernel_name *name, struct choice *best)
{
	char *save, *package = strtok_r(line, " |", &save);
	char *version = package ? strtok_r(NULL, " |", &save) : NULL;
	char *origin = version ? save + strspn(save, " |") : NULL;
	size_t arg = strlen(name->arg);

	if (!origin)
		return;
	if (name->kind == NAME_VERSION &&
	    (strncmp(version, name->arg, arg) ||
	     (version[arg] && (version[arg] != '-' || strchr(name->arg, '-')))))
		return;
	if (best->version && kernel_version_compare(version, best->version) <= 0)
		return;
	choice_deinit(best);
	best->release = release_of(package);
	best->version = xstrdup(version);
	best->suite = suite_of(origin);
}

static int choose_among(struct apt *apt, const struct strv *releases,
			const struct kernel_name *name, struct choice *ret)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	_cleanup_text_ struct text out = TEXT_INIT;
	char *line, *save;
	int err;

	if (!releases->n)
		return -ESRCH;
	strv_add(&argv, "apt-cache");
	strv_add(&argv, "madison");
	for (size_t i = 0; i < releases->n; i++)
		strv_printf(&argv, IMAGE "%s", releases->v[i]);
	err = apt_query(apt, argv.v, &out);
	if (err)
		return err;
	for (line = out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		consider(line, name, ret);
	return ret->release && ret->suite ? 0 : -ESRCH;
}

/* The releases that the suite's meta package stands for, newest last. */
static int default_releases(struct apt *apt, struct strv *ret)
{
	char *argv[] = {"apt-cache", "show", META, NULL};
	_cleanup_text_ struct text out = TEXT_INIT;
	char *line, *save;
	int err = apt_query(apt, argv, &out);

	for (line = !err && out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *package =
			str_starts(line, "Depends: ") ? strstr(line, IMAGE) : NULL;
		_cleanup_free_ char *release = NULL;

		if (!package)
			continue;
		package[strcspn(package, " ,(|")] = '\0';
		release = release_of(package);
		if (release)
			strv_add(ret, release);
	}
	return err;
}

/* -ESRCH without a sentence: this suite does not have it, another one may. */
static int choose(struct apt *apt, const struct kernel_name *name,
		  struct strv *series_seen, struct choice *ret)
{
	_cleanup_strv_ struct strv defaults = STRV_INIT, releases = STRV_INIT;
	int err = default_releases(apt, &defaults);

	if (!err && name->kind != NAME_SUITE)
		err = list_releases(apt, name, series_seen, &releases);
	if (!err)
		err = choose_among(apt, name->kind == NAME_SUITE ? &defaults : &releases,
				   name, ret);
	if (!err)
		ret->of_suite = strv_contains(&defaults, ret->release);
	return err;
}

/* ---- what it takes ---- */

static bool is_kernel_package(const char *package)
{
	static const char *const kinds[] = {
		IMAGE,		 "linux-binary-",   "linux-modules-", "linux-headers-",
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

/* The same packages are the same root, whichever kernel asked for them. */
static char *root_id(const struct apt_plan *root, const char *suite)
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

static int plan_job(struct job *job)
{
	_cleanup_strv_ struct strv packages = STRV_INIT;
	_cleanup_plan_ struct apt_plan all = {NULL, 0};
	const struct choice *c = &job->choice;
	int err;

	strv_printf(&packages, IMAGE "%s=%s", c->release, c->version);
	strv_printf(&packages, "linux-headers-%s=%s", c->release, c->version);
	root_packages(&packages);
	err = apt_plan(&job->apt, &packages, &all);
	if (err)
		return err;
	for (size_t i = 0; i < all.n; i++)
		plan_move(is_kernel_package(all.v[i].package) ? &job->kernel : &job->root,
			  &all.v[i]);
	job->id = xprintf("debian-%s", c->version);
	job->root_id = root_id(&job->root, c->suite);
	return 0;
}

/* A suite's lists, as they come and as apt keeps them. */
#define PACKAGE_LISTS_BYTES (96u << 20)

/* apt-get can hang on a full disk instead of saying so: look before it starts. */
static int need_space(struct lab *lab, uint64_t need, const char *what)
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

/* xz makes kernels about four times smaller; packages and contents exist together. */
static int check_space(struct job *job, bool with_root)
{
	_cleanup_free_ char *what = xprintf("kernel '%s'", job->choice.version);
	uint64_t need = 256u << 20;

	for (size_t i = 0; i < job->kernel.n; i++)
		need += job->kernel.v[i].size * 5;
	for (size_t i = 0; with_root && i < job->root.n; i++)
		need += job->root.v[i].size * 5;
	return need_space(job->lab, need, what);
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

static int fetch(struct job *job, const char *debs, bool with_root)
{
	_cleanup_free_ char *what = xprintf("downloading %s", job->label);
	struct apt_plan all = {NULL, 0};
	int err;

	all.v = xcalloc(job->kernel.n + job->root.n, sizeof(*all.v));
	for (size_t i = 0; i < job->kernel.n; i++)
		all.v[all.n++] = job->kernel.v[i];
	for (size_t i = 0; with_root && i < job->root.n; i++)
		all.v[all.n++] = job->root.v[i];
	err = apt_download(&job->apt, &all, debs, what);
	free(all.v); /* the strings belong to the parts */
	return err;
}

static int unpack(struct job *job, const char *debs, const char *kernel, const char *root)
{
	_cleanup_free_ char *what = xprintf("unpacking %s", job->label);
	_cleanup_free_ struct deb_job *jobs = NULL;
	_cleanup_strv_ struct strv files = STRV_INIT;
	size_t n = 0;

	jobs = xcalloc(job->kernel.n + job->root.n, sizeof(*jobs));
	add_jobs(&job->kernel, debs, kernel, DEB_KERNEL, &files, jobs, &n);
	if (root)
		add_jobs(&job->root, debs, root, DEB_ROOT, &files, jobs, &n);
	return deb_unpack(job->lab, jobs, n, what);
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

static int describe(struct job *job, const char *dir)
{
	_cleanup_kernel_ struct lab_kernel *k = xcalloc(1, sizeof(*k));
	_cleanup_free_ char *series = kernel_series(job->choice.release);
	struct kernel_entry entry = {
		.kernel = k, .root_id = job->root_id, .of_suite = job->choice.of_suite};
	const char *release = job->choice.release;

	k->name = xprintf("debian/%s", series);
	k->id = xstrdup(job->id);
	k->provider = xstrdup("debian");
	k->suite = xstrdup(job->choice.suite);
	k->release = xstrdup(release);
	k->version = xstrdup(job->choice.version);
	k->image = boot_file(dir, "vmlinuz", release);
	k->config = boot_file(dir, "config", release);
	k->system_map = real_system_map(dir, release);
	k->modules = xprintf("lib/modules/%s", release);
	k->headers = xprintf("/usr/src/linux-headers-%s", release);
	k->usr_src = xstrdup("usr/src");
	k->size = fs_tree_size(dir);
	if (!k->image)
		return lab_fail(job->lab, -ENOENT,
				"the packages of kernel '%s' hold no image; "
				"name another one",
				job->choice.version);
	return kernel_entry_write(job->lab, dir, &entry);
}

/*
 * On 7.2, not yet on 6.12, C=1 and C=2 first ask a script of the kernel's tree whether
 * the checker is up to it, and Debian's headers come without it. What sparse may lack is
 * __typeof_unqual__: 0.6.4 does, and cannot read 7.2's headers.
 */
static int complete_headers(struct job *job, const char *dir)
{
	static const char script[] =
		"#!/bin/sh\n"
		"said=$(echo 'static int f(int x) { __typeof_unqual__(x) y = x; "
		"return y; }' | \"$@\" - 2>&1)\n"
		"[ -z \"$said\" ] && echo 1 || echo 0\n";
	_cleanup_free_ char *scripts = xprintf(
		"%s/usr/src/linux-headers-%s-common/scripts", dir, job->choice.release);
	_cleanup_free_ char *path = NULL;
	char *flavour = strstr(scripts, "-" DEBIAN_ARCH "-common");
	int err;

	/* Releases end in the flavour, the common headers' do not. */
	if (flavour)
		memmove(flavour, flavour + strlen("-" DEBIAN_ARCH),
			strlen(flavour + strlen("-" DEBIAN_ARCH)) + 1);
	path = xprintf("%s/checker-valid.sh", scripts);
	if (!fs_is_dir(scripts) || fs_exists(path))
		return 0;
	err = fs_write_file(path, script, strlen(script), 0755);
	if (err)
		return lab_fail(job->lab, err,
				"cannot write '%s': %s; free space or set KMLAB_CACHE",
				path, strerror(-err));
	return 0;
}

static int make_entries(struct job *job, struct lab_stage *kernel, struct lab_stage *root)
{
	_cleanup_free_ char *debs = NULL;
	int err = make_dir(job->lab, kernel->dir, "debs", &debs);

	if (!err && root->dir)
		err = root_prepare(job->lab, root->dir);
	if (!err)
		err = fetch(job, debs, root->dir != NULL);
	if (!err)
		err = unpack(job, debs, kernel->dir, root->dir);
	if (!err)
		err = fs_remove_tree(debs);
	if (!err && root->dir)
		err = root_finish(job->lab, root->dir);
	if (!err)
		err = complete_headers(job, kernel->dir);
	if (!err)
		err = kernel_depmod(job->lab, kernel->dir, job->choice.release);
	return err ? err : describe(job, kernel->dir);
}

/* The root's lock is held until the kernel that refers to it is visible: see
 * lab_kernel_remove(). */
static int make_job(struct job *job)
{
	_cleanup_stage_ struct lab_stage kernel = LAB_STAGE_INIT, root = LAB_STAGE_INIT;
	_cleanup_close_ int lock = lab_cache_lock(job->lab, "roots", job->root_id);
	bool with_root;
	int err;

	if (lock < 0)
		return lock;
	with_root = !lab_cache_has(job->lab, "roots", job->root_id);
	err = check_space(job, with_root);
	if (!err)
		err = lab_stage_begin(job->lab, "kernels", &kernel);
	if (!err && with_root)
		err = lab_stage_begin(job->lab, "roots", &root);
	if (!err)
		err = make_entries(job, &kernel, &root);
	if (!err && with_root)
		err = lab_stage_publish(job->lab, &root, job->root_id);
	return err ? err : lab_stage_publish(job->lab, &kernel, job->id);
}

/* A usable entry may be there already: of another suite, or made meanwhile. */
static bool have_already(struct job *job)
{
	struct kernel_entries one = {xcalloc(1, sizeof(*one.v)), 1};
	bool have = kernel_entry_read(job->lab, job->id, one.v) == 0;

	kernel_entries_deinit(&one);
	return have;
}

static int add_chosen(struct job *job, char **ret_id)
{
	int err = plan_job(job);

	if (err)
		return err;
	if (!have_already(job)) {
		err = lab_cache_remove(job->lab, "kernels", job->id); /* a damaged one */
		if (!err)
			err = make_job(job);
	}
	if (!err)
		*ret_id = take_ptr(job->id);
	return err;
}

/* Somebody else may have added it while we waited for the lock. */
static bool added_meanwhile(struct lab *lab, const struct kernel_name *name,
			    char **ret_id)
{
	_cleanup_entries_ struct kernel_entries all = {NULL, 0};
	struct kernel_entry *entry;

	if (kernel_entries_load(lab, &all) < 0)
		return false;
	entry = kernel_entries_pick(&all, name);
	if (entry)
		*ret_id = xstrdup(entry->kernel->id);
	return entry != NULL;
}

/* -ESRCH and no sentence: the suite has no such kernel. */
static int add_from(struct lab *lab, const struct debian_mirror *mirror,
		    const char *suite, const struct kernel_name *name, bool allow_expired,
		    struct strv *series_seen, char **ret_id)
{
	_cleanup_(job_deinit) struct job job = {.lab = lab};
	_cleanup_close_ int lock = lab_cache_lock(lab, "apt", suite);
	int err;

	if (lock < 0)
		return lock;
	if (added_meanwhile(lab, name, ret_id))
		return 0;
	err = need_space(lab, PACKAGE_LISTS_BYTES, "the package lists");
	if (!err)
		err = apt_open(lab, mirror, suite, allow_expired, &job.apt);
	if (!err)
		err = apt_update(&job.apt);
	if (err)
		return err;
	err = choose(&job.apt, name, series_seen, &job.choice);
	if (err)
		return err;
	job.label = xprintf("debian/%s", name->arg);
	err = add_chosen(&job, ret_id);
	/* From here on a missing file is no reason to look elsewhere. */
	return err == -ENOENT ? -ENODATA : err;
}

static int nowhere(struct lab *lab, const struct kernel_name *name,
		   const struct strv *series_seen)
{
	_cleanup_free_ char *full = xprintf("debian/%s", name->arg);
	_cleanup_free_ char *near = kernel_name_near(full, series_seen);

	return lab_fail(lab, -ENOENT, "no Debian suite has a kernel '%s'%s", name->arg,
			*near ? near
			      : "; 'debian/trixie' and the like name a suite's newest");
}

/* One step of a search. Mirrors drop the backports of a suite before the suite. */
static int search_in(struct lab *lab, const struct debian_mirror *mirror,
		     const char *suite, const struct kernel_name *name,
		     bool allow_expired, struct strv *series_seen, char **ret_id)
{
	int err = add_from(lab, mirror, suite, name, allow_expired, series_seen, ret_id);
	const char *tail = strstr(suite, "-backports");
	_cleanup_free_ char *base = NULL;

	if (err != -ENOENT || !tail || name->kind == NAME_SUITE)
		return err;
	base = xstrndup(suite, (size_t)(tail - suite));
	return add_from(lab, mirror, base, name, allow_expired, series_seen, ret_id);
}

/* No suite has it; but one that could not be looked at may. */
static int nowhere_or_stale(struct lab *lab, const struct kernel_name *name,
			    const struct strv *seen, const char *stale)
{
	int err = nowhere(lab, name, seen);

	return stale ? lab_fail(lab, -ESTALE, "%s; %s", lab_error(lab), stale) : err;
}

/* Expired lists are the answer where the kernel is likeliest, in the first suite, unless
 * that is only the newest; further on only when nobody else has it. Suites that the
 * mirror lacks are passed over. */
int debian_add_from(struct lab *lab, const struct debian_mirror *mirror,
		    const struct kernel_name *name, bool allow_expired, char **ret_id)
{
	_cleanup_strv_ struct strv suites = STRV_INIT, seen = STRV_INIT;
	_cleanup_free_ char *stale = NULL;

	lab_cache_sweep(lab);
	debian_suites_for(name, &suites);
	for (size_t i = 0; i < suites.n; i++) {
		int err = search_in(lab, mirror, suites.v[i], name, allow_expired, &seen,
				    ret_id);
		bool likely = i == 0 && strcmp(suites.v[i], "sid");
		bool passable = err == -ENOENT || (err == -ESTALE && !likely);

		if (err == -ESTALE && passable && !stale)
			stale = xstrdup(lab_error(lab));
		if (err != -ESRCH && (!passable || name->kind == NAME_SUITE))
			return err;
	}
	return nowhere_or_stale(lab, name, &seen, stale);
}

int debian_add(struct lab *lab, const struct kernel_name *name, bool allow_expired,
	       char **ret_id)
{
	_cleanup_mirror_ struct debian_mirror mirror = {.uri = NULL};
	_cleanup_sources_ struct apt_sources sources = {NULL, 0};
	int err = apt_sources_read(lab, "", &sources);

	if (!err)
		err = debian_mirror_pick(lab, &sources, "", &mirror);
	return err ? err : debian_add_from(lab, &mirror, name, allow_expired, ret_id);
}
