// SPDX-License-Identifier: GPL-2.0-only
/* Which directory of which tree appears where inside a sandbox. */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "fs.h"
#include "plan.h"

void sandbox_plan_deinit(struct sandbox_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		free(plan->steps[i].from);
		free(plan->steps[i].to);
	}
	free(plan->steps);
	*plan = (struct sandbox_plan){0};
}

/* Takes both strings over. */
static void add(struct sandbox_plan *plan, enum sandbox_op op, char *from, char *to)
{
	if (plan->n == plan->room) {
		plan->room = plan->room ? 2 * plan->room : 64;
		plan->steps =
			xreallocarray(plan->steps, plan->room, sizeof(*plan->steps));
	}
	plan->steps[plan->n++] = (struct sandbox_step){op, false, from, to};
}

/* Host path @from at @to as it is: a symlink stays one, what is not there is left out. */
static void add_same(struct sandbox_plan *plan, const char *from, const char *to)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;

	if (lstat(from, &st) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		n = readlink(from, target, sizeof(target) - 1);
		if (n > 0)
			add(plan, SANDBOX_LINK, xstrndup(target, (size_t)n), xstrdup(to));
		return;
	}
	add(plan, SANDBOX_BIND, xstrdup(from), xstrdup(to));
	plan->steps[plan->n - 1].file = !S_ISDIR(st.st_mode);
}

static bool in_list(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

/* All children of host directory @from below @to, except those named in @skip. */
static int add_children(struct sandbox_plan *plan, const char *from, const char *to,
			const char *const *skip)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(from, true, &names);

	if (err)
		return err;
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *f = xprintf("%s/%s", from, names.v[i]);
		_cleanup_free_ char *t = xprintf("%s/%s", to, names.v[i]);

		if (!in_list(names.v[i], skip))
			add_same(plan, f, t);
	}
	return 0;
}

/* The kernel's helper programs belong into /usr/lib, where Debian's headers look for
 * them; in the cache they may lie beside the headers, or be linked from there. */
static int plan_usr_src(struct sandbox_plan *plan, const struct lab_sandbox *box)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err;

	if (!box->usr_src)
		return 0;
	err = fs_list(box->usr_src, false, &names);
	for (size_t i = 0; !err && i < names.n; i++) {
		const char *name = names.v[i];
		_cleanup_free_ char *from = xprintf("%s/%s", box->usr_src, name);
		_cleanup_free_ char *src = xprintf("/usr/src/%s", name);
		_cleanup_free_ char *lib = xprintf("/usr/lib/%s", name);
		_cleanup_free_ char *real = NULL;

		if (!str_starts(name, "linux-kbuild-")) {
			add_same(plan, from, src);
			continue;
		}
		real = realpath(from, NULL);
		if (!real)
			return -errno;
		add_same(plan, real, lib);
		add(plan, SANDBOX_LINK, xprintf("../lib/%s", name), xstrdup(src));
	}
	return err;
}

static void plan_modules(struct sandbox_plan *plan, const struct lab_sandbox *box)
{
	_cleanup_free_ char *to = NULL, *from = NULL, *at = NULL;

	if (!box->release)
		return;
	to = xprintf("/usr/lib/modules/%s", box->release);
	add(plan, SANDBOX_DIR, NULL, xstrdup(to));
	if (box->headers)
		add(plan, SANDBOX_LINK, xstrdup(box->headers), xprintf("%s/build", to));
	if (!box->lib_modules)
		return;
	from = xprintf("%s/kernel", box->lib_modules);
	at = xprintf("%s/kernel", to);
	add_same(plan, from, at);
}

/* What the host has in @dir, for a kernel of its own; with a place for a source that lies
 * there. */
static int plan_own(struct sandbox_plan *plan, const struct lab_sandbox *box,
		    const char *dir)
{
	_cleanup_free_ char *first = NULL;
	const char *skip[2] = {NULL, NULL}, *rest;

	add(plan, SANDBOX_DIR, NULL, xstrdup(dir));
	if (box->root || !box->headers || !fs_is_dir(dir))
		return 0;
	rest = box->lower ? path_rest(box->lower, dir) : NULL;
	if (rest && *rest)
		skip[0] = first = xstrndup(rest, strcspn(rest, "/"));
	return add_children(plan, dir, dir, skip);
}

static int plan_usr(struct sandbox_plan *plan, const struct lab_sandbox *box)
{
	static const char *const skip_usr[] = {"src", "lib", "local", NULL};
	static const char *const skip_lib[] = {"modules", NULL};
	static const char *const none[] = {NULL};
	const char *root = box->root ? box->root : "";
	_cleanup_free_ char *usr = xprintf("%s/usr", root);
	_cleanup_free_ char *lib = xprintf("%s/usr/lib", root);
	int err;

	add(plan, SANDBOX_DIR, NULL, xstrdup("/usr/lib"));
	err = add_children(plan, usr, "/usr", skip_usr);
	if (!err)
		err = add_children(plan, lib, "/usr/lib", box->release ? skip_lib : none);
	if (!err)
		err = plan_own(plan, box, "/usr/src");
	if (!err)
		err = plan_own(plan, box, "/usr/local");
	if (err)
		return err;
	plan_modules(plan, box);
	return plan_usr_src(plan, box);
}

/* /bin and friends; an unpacked root may lack the links that a package makes later. */
static void plan_aliases(struct sandbox_plan *plan, const char *root)
{
	static const char *const names[] = {"bin",   "sbin",   "lib", "lib32",
					    "lib64", "libx32", NULL};

	for (const char *const *name = names; *name; name++) {
		_cleanup_free_ char *from = xprintf("%s/%s", root, *name);
		_cleanup_free_ char *usr = xprintf("%s/usr/%s", root, *name);
		_cleanup_free_ char *to = xprintf("/%s", *name);
		struct stat st;

		if (lstat(from, &st) == 0)
			add_same(plan, from, to);
		else if (fs_is_dir(usr))
			add(plan, SANDBOX_LINK, xprintf("usr/%s", *name), xstrdup(to));
	}
}

/* Of the host's own /etc only what its programs need to start. */
static void plan_etc(struct sandbox_plan *plan, const char *root)
{
	static const char *const own[] = {"alternatives", "ld.so.cache", "ld.so.conf",
					  "ld.so.conf.d", NULL};
	_cleanup_free_ char *etc = xprintf("%s/etc", root);

	if (*root) {
		add_same(plan, etc, "/etc");
		return;
	}
	for (const char *const *name = own; *name; name++) {
		_cleanup_free_ char *path = xprintf("/etc/%s", *name);

		add_same(plan, path, path);
	}
}

/* See struct lab_sandbox, "at". @shown: lower up to the end of NAME. */
static int plan_neighbours(struct sandbox_plan *plan, const char *shown, const char *top,
			   const char *name)
{
	_cleanup_free_ char *parent =
		xstrndup(shown, (size_t)(fs_basename(shown) - shown) - 1);
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(*parent ? parent : "/", false, &names);

	for (size_t i = 0; !err && i < names.n; i++)
		if (strcmp(names.v[i], name) && strcmp(names.v[i], fs_basename(shown)))
			add(plan, SANDBOX_LINK, xprintf("%s/%s", parent, names.v[i]),
			    xprintf("%s/%s", top, names.v[i]));
	return err;
}

/* What plan_see() looks at. */
struct surroundings {
	const struct lab_sandbox *box;
	const char *cache;	   /* real path */
	const char *shown, *alias; /* lower up to the end of NAME, and as what */
};

/* Not what else lies in the cache, where that is within. */
static void add_shown(struct sandbox_plan *plan, const char *path, const char *to,
		      const char *cache)
{
	if (!fs_is_dir(path)) {
		add_same(plan, path, to);
		return;
	}
	add(plan, SANDBOX_SHOW, xstrdup(path), xstrdup(to));
	if (path_below(cache, path))
		add(plan, SANDBOX_COVER, NULL, xprintf("%s%s", to, cache + strlen(path)));
}

/* @path at its own place; and, where lower is shown at another and @path holds it or
 * lies beside it, there as well. */
static void plan_see(struct sandbox_plan *plan, const struct surroundings *s,
		     const char *path)
{
	_cleanup_free_ char *to = NULL;

	if (s->box->lower && path_below(path, s->box->lower))
		return;
	add_shown(plan, path, path, s->cache);
	if (!s->shown || !path_below(path, s->shown))
		return;
	to = xprintf("%s%s", s->alias, path + strlen(s->shown));
	add_shown(plan, path, to, s->cache);
}

/* Directories first: some of the files lie in what they cover. */
static void plan_all(struct sandbox_plan *plan, const struct surroundings *s,
		     const struct lab_box_rules *rules)
{
	char *const *const lists[] = {s->box->see, rules ? rules->see : NULL};

	for (int dirs = 1; dirs >= 0; dirs--)
		for (size_t i = 0; i < 2; i++)
			for (char *const *path = lists[i]; path && *path; path++)
				if (fs_is_dir(*path) == dirs)
					plan_see(plan, s, *path);
}

/* What lower's surroundings look like. */
static int plan_seen(struct sandbox_plan *plan, const struct lab_sandbox *box,
		     const struct lab *lab)
{
	_cleanup_free_ char *shown = NULL, *top = NULL, *name = NULL, *alias = NULL;
	_cleanup_free_ char *cache = realpath(lab->cache_dir, NULL);
	struct surroundings s = {.box = box, .cache = cache ? cache : lab->cache_dir};
	const char *rest;
	int err;

	if (!box->at) {
		plan_all(plan, &s, lab->box);
		return 0;
	}
	top = xstrndup(box->at, strcspn(box->at + 1, "/") + 1);
	rest = box->at + strlen(top) + 1;
	name = xstrndup(rest, strcspn(rest, "/"));
	rest += strlen(name);
	s.shown = shown = xstrndup(box->lower, strlen(box->lower) - strlen(rest));
	s.alias = alias = xprintf("%s/%s", top, name);
	add(plan, SANDBOX_DIR, NULL, xstrdup(top));
	err = plan_neighbours(plan, shown, top, name);
	plan_all(plan, &s, lab->box);
	return err;
}

/* Without a box: all of the host but what the build root and we ourselves bring. */
static int plan_host(struct sandbox_plan *plan)
{
	static const char *const skip[] = {"usr",   "bin",    "sbin", "lib",  "lib32",
					   "lib64", "libx32", "etc",  "proc", "sys",
					   "dev",   "run",    "boot", "tmp",  NULL};

	return add_children(plan, "/", "", skip);
}

static void plan_dev(struct sandbox_plan *plan)
{
	static const char *const nodes[] = {"null",   "zero",	 "full",
					    "random", "urandom", NULL};
	static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"},
					       {"fd/0", "/dev/stdin"},
					       {"fd/1", "/dev/stdout"},
					       {"fd/2", "/dev/stderr"}};

	add(plan, SANDBOX_DIR, NULL, xstrdup("/dev"));
	for (const char *const *node = nodes; *node; node++) {
		_cleanup_free_ char *path = xprintf("/dev/%s", *node);

		add(plan, SANDBOX_NODE, xstrdup(path), xstrdup(path));
		plan->steps[plan->n - 1].file = true;
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		add(plan, SANDBOX_LINK, xstrdup(links[i][0]), xstrdup(links[i][1]));
	add(plan, SANDBOX_PROC, NULL, xstrdup("/proc"));
}

/* Names that a package's configuration would have made, and this root was only unpacked:
 * awk, and the newest of its compilers as gcc and cc. */
static void plan_tools(struct sandbox_plan *plan, const char *root)
{
	_cleanup_free_ char *bin = xprintf("%s/usr/bin", root);
	_cleanup_free_ char *which = xprintf("%s/which", bin);
	_cleanup_strv_ struct strv names = STRV_INIT;
	const char *gcc = NULL;

	if (fs_list(bin, false, &names))
		return;
	for (size_t i = 0; i < names.n; i++)
		if (str_starts(names.v[i], "gcc-") && names.v[i][4] >= '0' &&
		    names.v[i][4] <= '9' && !strchr(names.v[i] + 4, '-'))
			gcc = names.v[i];
	add(plan, SANDBOX_DIR, NULL, xstrdup("/run/kmlab/bin"));
	add(plan, SANDBOX_DIR, NULL, xstrdup("/run/kmlab/tmp"));
	if (strv_contains(&names, "mawk") && !strv_contains(&names, "awk"))
		add(plan, SANDBOX_LINK, xstrdup("/usr/bin/mawk"),
		    xstrdup("/run/kmlab/bin/awk"));
	if (strv_contains(&names, "which.debianutils") && !fs_exists(which))
		add(plan, SANDBOX_LINK, xstrdup("/usr/bin/which.debianutils"),
		    xstrdup("/run/kmlab/bin/which"));
	if (!gcc || strv_contains(&names, "gcc"))
		return;
	add(plan, SANDBOX_LINK, xprintf("/usr/bin/%s", gcc),
	    xstrdup("/run/kmlab/bin/gcc"));
	add(plan, SANDBOX_LINK, xprintf("/usr/bin/%s", gcc),
	    xstrdup("/run/kmlab/bin/cc"));
}

int sandbox_plan_make(struct lab *lab, const struct lab_sandbox *box,
		      struct sandbox_plan *ret)
{
	_cleanup_sandbox_plan_ struct sandbox_plan plan = {0};
	const char *root = box->root ? box->root : "";
	int err = plan_usr(&plan, box);

	if (err)
		return lab_fail(lab, err,
				"cannot read build root '%s': %s; "
				"add the kernel again",
				*root ? root : "/", strerror(-err));
	plan_aliases(&plan, root);
	plan_etc(&plan, root);
	plan_dev(&plan);
	add(&plan, SANDBOX_TMPFS, NULL, xstrdup("/run"));
	add(&plan, SANDBOX_TMPFS, NULL, xstrdup("/tmp"));
	plan_tools(&plan, root);
	if (lab->box && lab->box->unboxed)
		err = plan_host(&plan);
	if (!err)
		err = plan_seen(&plan, box, lab);
	if (err)
		return lab_fail(lab, err, "cannot list '%s': %s; check its permissions",
				box->at ? box->lower : "/", strerror(-err));
	*ret = plan;
	plan = (struct sandbox_plan){0};
	return 0;
}
