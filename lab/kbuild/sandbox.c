// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three processes: the caller; a keeper, which lets the third into its namespaces, waits
 * for it and passes its status on; and the command, process 1 of its PID namespace. Each
 * dies with the one before, and everything the command started dies with it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fs.h"
#include "process.h"
#include "sandbox.h"
#include "sandbox_plan.h"

#define OLD "/old" /* the host's tree while the new one is made */
#define NEW "/new"

/* As in <linux/mount.h>, which does not go together with <sys/mount.h> everywhere. */
struct mount_change {
	uint64_t set, clear, propagation, userns_fd;
};
#define CHANGE_RDONLY	 0x1
#define CHANGE_RECURSIVE 0x8000

enum stage { STAGE_NONE, STAGE_NAMESPACE, STAGE_MOUNT, STAGE_OVERLAY, STAGE_EXEC };

/* In memory shared with the caller: why the command did not start. */
struct trouble {
	enum stage stage;
	int err;
	char subject[PATH_MAX];
};

struct boxed_run {
	const struct lab_sandbox *box;
	const struct sandbox_plan *plan;
	struct trouble *trouble;
	char *const *argv;
	const char *cwd;
	bool own_user_ns;
};

static int fail(struct boxed_run *job, enum stage stage, const char *subject)
{
	int err = errno ? errno : EIO;

	job->trouble->stage = stage;
	job->trouble->err = err;
	snprintf(job->trouble->subject, sizeof(job->trouble->subject), "%s", subject);
	return -err;
}

/* --- the new tree ------------------------------------------------------------------ */

/* mkdir -p below NEW; @path is NEW/... and is changed and restored on the way. */
static int make_dirs(char *path)
{
	for (char *p = path + strlen(NEW) + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST) {
			*p = '/';
			return -1;
		}
		*p = '/';
	}
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -1 : 0;
}

static int make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0400);

	return fd < 0 ? -1 : close(fd);
}

static int seal(const char *path)
{
	struct mount_change change = {.set = CHANGE_RDONLY};

	return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, CHANGE_RECURSIVE, &change,
			    sizeof(change));
}

static int do_bind(const struct sandbox_step *step, char *to)
{
	char from[PATH_MAX];

	snprintf(from, sizeof(from), OLD "%s", step->from);
	if (step->file ? make_file(to) : make_dirs(to))
		return -1;
	return mount(from, to, NULL, MS_BIND | MS_REC, NULL);
}

static int do_step(const struct sandbox_step *step)
{
	char to[PATH_MAX];

	snprintf(to, sizeof(to), NEW "%s", step->to ? step->to : "");
	switch (step->op) {
	case SANDBOX_DIR:
		return make_dirs(to);
	case SANDBOX_BIND:
		return do_bind(step, to);
	case SANDBOX_LINK:
		return symlink(step->from, to);
	case SANDBOX_TMPFS:
		return mount("tmpfs", to, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755");
	case SANDBOX_SEAL:
		return seal(NEW);
	}
	return -1;
}

/* An empty root with the host's tree at OLD and a place for the new one at NEW. */
static int enter_base(struct boxed_run *job)
{
	const char *base = "/tmp";

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return fail(job, STAGE_NAMESPACE, "/");
	if (access(base, F_OK) < 0)
		base = "/proc";
	if (mount("tmpfs", base, "tmpfs", MS_NOSUID, "mode=0755") < 0 || chdir(base) < 0)
		return fail(job, STAGE_NAMESPACE, base);
	if (mkdir(&OLD[1], 0755) < 0 || mkdir(&NEW[1], 0755) < 0 ||
	    syscall(SYS_pivot_root, ".", &OLD[1]) < 0 || chdir("/") < 0)
		return fail(job, STAGE_MOUNT, base);
	if (mount("tmpfs", NEW, "tmpfs", MS_NOSUID, "mode=0755") < 0)
		return fail(job, STAGE_MOUNT, NEW);
	return 0;
}

/* Through short links, so that no comma or colon of a user's path is ever parsed.
 * userxattr switches redirects and metacopy off by itself, and refuses to be told so. */
static int mount_overlay(const struct lab_sandbox *box, const char *at)
{
	const char *const names[] = {"/lower", "/upper", "/work"};
	const char *const paths[] = {box->lower, box->upper, box->work};
	char target[PATH_MAX];
	struct statvfs vfs;

	for (int i = 0; i < 3; i++) {
		snprintf(target, sizeof(target), OLD "%s", paths[i]);
		if (symlink(target, names[i]) < 0)
			return -1;
	}
	if (mount("overlay", at, "overlay", MS_NOSUID | MS_NODEV,
		  "lowerdir=/lower,upperdir=/upper,workdir=/work,userxattr,index=off") <
	    0)
		return -1;
	/* Where the work directory is of no use, the kernel falls back to this silently.
	 */
	if (statvfs(at, &vfs) < 0 || !(vfs.f_flag & ST_RDONLY))
		return 0;
	errno = EROFS;
	return -1;
}

static int bind_child(const struct lab_sandbox *box, const char *at, const char *name)
{
	char from[2 * PATH_MAX], to[2 * PATH_MAX];
	struct stat st;

	snprintf(from, sizeof(from), OLD "%s/%s", box->lower, name);
	snprintf(to, sizeof(to), "%s/%s", at, name);
	if (stat(from, &st) < 0)
		return errno == ENOENT ? 0 : -1;
	if (S_ISDIR(st.st_mode) ? mkdir(to, 0500) < 0 && errno != EEXIST : make_file(to))
		return -1;
	return mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0 ? -1 : seal(to);
}

static int mount_exposed(const struct lab_sandbox *box, const char *at)
{
	char upper[PATH_MAX];

	snprintf(upper, sizeof(upper), OLD "%s", box->upper);
	if (mount(upper, at, NULL, MS_BIND, NULL) < 0)
		return -1;
	for (char *const *name = box->expose; *name; name++)
		if (bind_child(box, at, *name))
			return -1;
	return 0;
}

static int mount_lower(struct boxed_run *job)
{
	const struct lab_sandbox *box = job->box;
	char at[PATH_MAX], path[2 * PATH_MAX];

	if (!box->lower)
		return 0;
	snprintf(at, sizeof(at), NEW "%s", box->at ? box->at : box->lower);
	if (box->expose ? mount_exposed(box, at) : mount_overlay(box, at))
		return fail(job, STAGE_OVERLAY, box->lower);
	for (char *const *name = box->hide; name && *name; name++) {
		snprintf(path, sizeof(path), "%s/%s", at, *name);
		if (unlink(path) < 0 && errno != ENOENT)
			return fail(job, STAGE_OVERLAY, path);
	}
	return 0;
}

static int build_tree(struct boxed_run *job)
{
	int err = enter_base(job);

	if (err)
		return err;
	for (size_t i = 0; i < job->plan->n; i++) {
		const struct sandbox_step *step = &job->plan->steps[i];

		if (do_step(step))
			return fail(job, STAGE_MOUNT, step->to ? step->to : "/");
	}
	err = mount_lower(job);
	if (err)
		return err;
	if (chdir(NEW) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return fail(job, STAGE_MOUNT, "/");
	return 0;
}

/* --- the processes ----------------------------------------------------------------- */

static int write_text(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

/* Root may map every id that exists here, each to itself; others only their own. */
static int write_map(pid_t pid, const char *kind, unsigned int own)
{
	char path[64], line[128], map[4096] = "";
	unsigned int inside, outside, count;
	_cleanup_fclose_ FILE *in = NULL;

	if (geteuid() == 0) {
		snprintf(path, sizeof(path), "/proc/self/%s_map", kind);
		in = fopen(path, "re");
		while (in && fgets(line, sizeof(line), in))
			if (sscanf(line, "%u %u %u", &inside, &outside, &count) == 3 &&
			    strlen(map) + 64 < sizeof(map))
				sprintf(map + strlen(map), "%u %u %u\n", inside, inside,
					count);
	}
	if (!map[0])
		snprintf(map, sizeof(map), "%u %u 1\n", own, own);
	snprintf(path, sizeof(path), "/proc/%d/%s_map", (int)pid, kind);
	return write_text(path, map);
}

static int write_maps(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)pid);
	if (geteuid() != 0 && write_text(path, "deny") < 0)
		return -1;
	if (write_map(pid, "uid", geteuid()) < 0)
		return -1;
	return write_map(pid, "gid", getegid());
}

static void __attribute__((noreturn)) exec_command(struct boxed_run *job)
{
	static char *const env[] = {
		"PATH=/run/kmlab/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin",
		"LC_ALL=C",
		"HOME=/run/kmlab",
		"TMPDIR=/run/kmlab/tmp",
		"SHELL=/bin/sh",
		"TERM=dumb",
		NULL};

	umask(022);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (chdir(job->cwd) < 0) {
		fail(job, STAGE_EXEC, job->cwd);
		_exit(127);
	}
	/* execvpe looks through PATH of the environment it is called in, not the new. */
	environ = (char **)env;
	execvpe(job->argv[0], job->argv, env);
	fail(job, STAGE_EXEC, job->argv[0]);
	_exit(127);
}

static void __attribute__((noreturn)) inner_main(struct boxed_run *job, int go)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* No byte: the keeper has died, or could not write the maps. */
	if (read(go, &byte, 1) != 1)
		_exit(127);
	if (build_tree(job) == 0)
		exec_command(job);
	_exit(127);
}

static void __attribute__((noreturn)) keeper_wait(pid_t pid)
{
	int raw;

	/* The caller waits for its pipes to close: only the command shall hold them. */
	syscall(SYS_close_range, 0, ~0U, 0);
	while (waitpid(pid, &raw, 0) < 0)
		if (errno != EINTR)
			_exit(127);
	_exit(WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw));
}

static pid_t clone_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0);
}

/* In the child, instead of an exec: never returns. */
static int keeper_main(void *data)
{
	struct boxed_run *job = data;
	unsigned long flags = CLONE_NEWNS | CLONE_NEWPID;
	int go[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return fail(job, STAGE_NAMESPACE, "pipe");
	pid = clone_into(flags | CLONE_NEWUSER);
	/* A host may forbid user namespaces; root can do without. */
	if (pid < 0 && geteuid() == 0) {
		job->own_user_ns = false;
		pid = clone_into(flags);
	}
	if (pid < 0)
		return fail(job, STAGE_NAMESPACE, "clone");
	if (pid == 0) {
		close(go[1]);
		inner_main(job, go[0]);
	}
	if (job->own_user_ns && write_maps(pid) < 0) {
		fail(job, STAGE_NAMESPACE, "uid_map");
		kill(pid, SIGKILL);
		keeper_wait(pid);
	}
	if (write(go[1], "", 1) != 1)
		kill(pid, SIGKILL);
	keeper_wait(pid);
}

/* --- the caller -------------------------------------------------------------------- */

static bool sysctl_is(const char *path, char value)
{
	_cleanup_free_ char *text = NULL;

	return fs_read_file(path, &text, NULL) == 0 && text[0] == value &&
	       (text[1] == '\n' || !text[1]);
}

static int explain_namespace(struct lab *lab, const struct trouble *trouble)
{
	const char *what = "cannot make a user namespace for the build";

	if (sysctl_is("/proc/sys/user/max_user_namespaces", '0'))
		return lab_fail(lab, -EPERM,
				"%s: the host allows none; "
				"set 'sysctl user.max_user_namespaces=15000'",
				what);
	if (sysctl_is("/proc/sys/kernel/unprivileged_userns_clone", '0'))
		return lab_fail(lab, -EPERM,
				"%s: the host keeps them for root; "
				"set 'sysctl kernel.unprivileged_userns_clone=1'",
				what);
	if (sysctl_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1'))
		return lab_fail(
			lab, -EPERM,
			"%s: AppArmor forbids it; set "
			"'sysctl kernel.apparmor_restrict_unprivileged_userns=0' or "
			"give kmlab a profile with 'userns'",
			what);
	if (trouble->err == EINVAL || trouble->err == ENOSYS)
		return lab_fail(lab, -ENOSYS,
				"%s: this kernel has none; "
				"use a kernel with CONFIG_USER_NS",
				what);
	return lab_fail(lab, -EPERM,
			"%s: %s at '%s'; in a container, allow the calls "
			"unshare, mount and pivot_root (seccomp), or run as root",
			what, strerror(trouble->err), trouble->subject);
}

static int explain(struct lab *lab, const struct lab_sandbox *box,
		   const struct trouble *trouble)
{
	switch (trouble->stage) {
	case STAGE_NAMESPACE:
		return explain_namespace(lab, trouble);
	case STAGE_OVERLAY:
		if (trouble->err == ELOOP)
			return lab_fail(
				lab, -ELOOP,
				"the cache lies inside the source "
				"directory '%s'; move one of them, or set KMLAB_CACHE",
				box->lower);
		return lab_fail(
			lab, -EOPNOTSUPP,
			"cannot lay a writable view over '%s': "
			"%s; keep the cache (KMLAB_CACHE) on an ordinary file system",
			trouble->subject, strerror(trouble->err));
	case STAGE_MOUNT:
		if (trouble->err == ENOSYS)
			return lab_fail(
				lab, -ENOSYS,
				"cannot make the build root read-only: "
				"this kernel has no mount_setattr; use Linux 5.12+");
		return lab_fail(lab, -trouble->err,
				"cannot mount '%s' in the build root: "
				"%s; run 'kmlab doctor'",
				trouble->subject, strerror(trouble->err));
	default:
		return lab_fail(lab, -trouble->err,
				"cannot run '%s' in the build root: %s; "
				"check the name",
				trouble->subject, strerror(trouble->err));
	}
}

static struct trouble *trouble_map(void)
{
	void *p = mmap(NULL, sizeof(struct trouble), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void trouble_unmap(struct trouble **p)
{
	if (*p)
		munmap(*p, sizeof(**p));
}

/* The path without symlinks: an absolute one would be followed from the new root. */
static char *resolve(const char *path)
{
	char *real = path ? realpath(path, NULL) : NULL;

	return real ? real : xstrdup(path);
}

int lab_sandbox_run(struct lab *lab, const struct lab_sandbox *given, char *const *argv,
		    const char *cwd, struct text *out, int *status)
{
	_cleanup_free_ char *root = resolve(given->root);
	_cleanup_free_ char *usr_src = resolve(given->usr_src);
	_cleanup_free_ char *lib_modules = resolve(given->lib_modules);
	_cleanup_free_ char *upper = resolve(given->upper);
	_cleanup_free_ char *work = resolve(given->work);
	struct lab_sandbox resolved = *given;
	const struct lab_sandbox *box = &resolved;
	_cleanup_(trouble_unmap) struct trouble *trouble = trouble_map();
	_cleanup_sandbox_plan_ struct sandbox_plan plan = {0};
	struct boxed_run job = {box, &plan, trouble, argv, cwd, true};
	struct process_spec spec = PROCESS_SPEC_INIT;
	int err, got = 0;

	if (!trouble)
		return lab_fail(lab, -ENOMEM,
				"no memory for a build; close other programs");
	resolved.root = root;
	resolved.usr_src = usr_src;
	resolved.lib_modules = lib_modules;
	resolved.upper = upper;
	resolved.work = work;
	err = sandbox_plan_make(lab, box, argv, &plan);
	if (err)
		return err;
	spec.argv = argv;
	spec.setup = keeper_main;
	spec.data = &job;
	err = process_capture(&spec, -1, lab->cancel_fd, out, NULL, &got);
	if (trouble->stage != STAGE_NONE)
		return explain(lab, box, trouble);
	if (err == -ECANCELED)
		return lab_fail(lab, err, "stopped while running '%s'; start again",
				argv[0]);
	if (err)
		return lab_fail(lab, err, "cannot run '%s': %s; try again", argv[0],
				strerror(-err));
	*status = got;
	return 0;
}

int lab_sandbox_sweep(const char *upper)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(upper, true, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", upper, names.v[i]);
		struct stat st;

		if (lstat(path, &st) < 0)
			continue;
		/* The modes that mount_exposed() gives what it makes. */
		if (S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 0500)
			rmdir(path);
		else if (S_ISREG(st.st_mode) && !st.st_size &&
			 (st.st_mode & 0777) == 0400)
			unlink(path);
	}
	return err;
}
