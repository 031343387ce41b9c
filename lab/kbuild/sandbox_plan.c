// SPDX-License-Identifier: GPL-2.0-only
/* Which directory of which tree appears where inside a sandbox. */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "fs.h"
#include "sandbox_plan.h"

bool path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (n == 1)
		return path[0] == '/';
	return !strncmp(path, dir, n) && (path[n] == '/' || !path[n]);
}

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

/* A user's own source below /usr/src keeps its place; so do its neighbours, which it may
 * reach by "../". Names of the kernel's own headers are not replaced. */
static int plan_own_src(struct sandbox_plan *plan, const struct lab_sandbox *box)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	bool wanted = !box->root || (box->lower && path_below(box->lower, "/usr/src"));
	int err = wanted && fs_is_dir("/usr/src") ? fs_list("/usr/src", true, &names) : 0;

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *path = xprintf("/usr/src/%s", names.v[i]);
		_cleanup_free_ char *taken =
			xprintf("%s/%s", box->usr_src ? box->usr_src : "", names.v[i]);

		if (!box->usr_src || !fs_exists(taken))
			add_same(plan, path, path);
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

static int plan_usr(struct sandbox_plan *plan, const struct lab_sandbox *box)
{
	static const char *const skip_usr[] = {"src", "lib", "local", NULL};
	static const char *const skip_lib[] = {"modules", NULL};
	static const char *const none[] = {NULL};
	const char *root = box->root ? box->root : "";
	_cleanup_free_ char *usr = xprintf("%s/usr", root);
	_cleanup_free_ char *lib = xprintf("%s/usr/lib", root);
	_cleanup_free_ char *local = xprintf("%s/usr/local", root);
	bool own_local = box->lower && path_below(box->lower, "/usr/local");
	int err;

	add(plan, SANDBOX_DIR, NULL, xstrdup("/usr/src"));
	add(plan, SANDBOX_DIR, NULL, xstrdup("/usr/lib"));
	err = add_children(plan, usr, "/usr", skip_usr);
	if (!err)
		err = add_children(plan, lib, "/usr/lib", box->release ? skip_lib : none);
	if (err)
		return err;
	add_same(plan, own_local ? "/usr/local" : local, "/usr/local");
	plan_modules(plan, box);
	err = plan_usr_src(plan, box);
	return err ? err : plan_own_src(plan, box);
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

/* A private /tmp, unless something the command needs lies in the host's. */
static bool needs_host_tmp(const struct lab_sandbox *box, char *const *argv)
{
	if (box->lower && path_below(box->lower, "/tmp"))
		return true;
	for (; *argv; argv++)
		if (strstr(*argv, "/tmp/"))
			return true;
	return false;
}

/* See struct lab_sandbox, "at". */
static int plan_alias(struct sandbox_plan *plan, const struct lab_sandbox *box)
{
	_cleanup_free_ char *parent = NULL, *shown = NULL, *top = NULL, *name = NULL;
	_cleanup_strv_ struct strv names = STRV_INIT;
	const char *rest;
	int err;

	if (!box->at)
		return 0;
	top = xstrndup(box->at, strcspn(box->at + 1, "/") + 1);
	rest = box->at + strlen(top) + 1;
	name = xstrndup(rest, strcspn(rest, "/"));
	rest += strlen(name);
	shown = xstrndup(box->lower, strlen(box->lower) - strlen(rest));
	parent = xstrndup(shown, (size_t)(fs_basename(shown) - shown) - 1);
	add(plan, SANDBOX_DIR, NULL, xstrdup(top));
	err = fs_list(*parent ? parent : "/", false, &names);
	for (size_t i = 0; !err && i < names.n; i++)
		if (strcmp(names.v[i], name) && strcmp(names.v[i], fs_basename(shown)))
			add(plan, SANDBOX_LINK, xprintf("%s/%s", parent, names.v[i]),
			    xprintf("%s/%s", top, names.v[i]));
	if (*rest)
		add(plan, SANDBOX_BIND, take_ptr(shown), xprintf("%s/%s", top, name));
	else
		add(plan, SANDBOX_DIR, NULL, xstrdup(box->at));
	return err;
}

static int plan_host(struct sandbox_plan *plan, const struct lab_sandbox *box,
		     char *const *argv)
{
	static const char *const skip[] = {"usr",   "bin",    "sbin", "lib",  "lib32",
					   "lib64", "libx32", "etc",  "proc", "sys",
					   "dev",   "run",    "boot", "tmp",  NULL};
	_cleanup_free_ char *etc = xprintf("%s/etc", box->root ? box->root : "");
	int err = add_children(plan, "/", "", skip);

	add_same(plan, etc, "/etc");
	if (needs_host_tmp(box, argv))
		add_same(plan, "/tmp", "/tmp");
	else
		add(plan, SANDBOX_DIR, NULL, xstrdup("/tmp"));
	return err;
}

static void plan_dev(struct sandbox_plan *plan)
{
	static const char *const nodes[] = {"null",    "zero", "full", "random",
					    "urandom", "tty",  NULL};
	static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"},
					       {"fd/0", "/dev/stdin"},
					       {"fd/1", "/dev/stdout"},
					       {"fd/2", "/dev/stderr"}};

	add(plan, SANDBOX_DIR, NULL, xstrdup("/dev"));
	for (const char *const *node = nodes; *node; node++) {
		_cleanup_free_ char *path = xprintf("/dev/%s", *node);

		add_same(plan, path, path);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		add(plan, SANDBOX_LINK, xstrdup(links[i][0]), xstrdup(links[i][1]));
	add_same(plan, "/proc", "/proc");
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

int sandbox_plan_make(struct lab *lab, const struct lab_sandbox *box, char *const *argv,
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
	err = plan_host(&plan, box, argv);
	if (!err)
		err = plan_alias(&plan, box);
	if (err)
		return lab_fail(lab, err, "cannot list '/': %s; check its permissions",
				strerror(-err));
	plan_dev(&plan);
	add(&plan, SANDBOX_DIR, NULL, xstrdup("/run"));
	add(&plan, SANDBOX_SEAL, NULL, NULL);
	add(&plan, SANDBOX_TMPFS, NULL, xstrdup("/run"));
	if (!needs_host_tmp(box, argv))
		add(&plan, SANDBOX_TMPFS, NULL, xstrdup("/tmp"));
	plan_tools(&plan, root);
	*ret = plan;
	plan = (struct sandbox_plan){0};
	return 0;
}
