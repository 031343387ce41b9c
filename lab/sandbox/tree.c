// SPDX-License-Identifier: GPL-2.0-only
/* The file tree of a sandbox: an empty root, what the plan names, the writable directory.
 * Runs in the new namespaces, with all rights in them and before any stranger's code. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#define OLD "/old" /* the host's tree while the new one is made */
#define NEW "/new"

/* As in <linux/mount.h>, which does not go together with <sys/mount.h> everywhere. */
struct mount_change {
	uint64_t set, clear, propagation, userns_fd;
};
#define CHANGE_RDONLY	 0x1
#define CHANGE_NOSUID	 0x2
#define CHANGE_NODEV	 0x4
#define CHANGE_RECURSIVE 0x8000

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

/* A file that something is to be bound to, with its parents. */
static int make_place(char *path)
{
	char *slash = strrchr(path, '/');
	struct stat st;
	int err;

	if (lstat(path, &st) == 0)
		return 0;
	*slash = '\0';
	err = make_dirs(path);
	*slash = '/';
	return err ? err : make_file(path);
}

static int change_mount(const char *path, uint64_t set, unsigned int flags)
{
	struct mount_change change = {.set = set};

	return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &change,
			    sizeof(change));
}

static int bind_sealed(const char *from, const char *to, bool device)
{
	uint64_t set = CHANGE_RDONLY | CHANGE_NOSUID | (device ? 0 : CHANGE_NODEV);

	if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	return change_mount(to, set, CHANGE_RECURSIVE);
}

static int do_bind(const struct sandbox_step *step, char *to)
{
	char from[PATH_MAX];
	bool device = step->op == SANDBOX_NODE;

	snprintf(from, sizeof(from), OLD "%s", step->from);
	if (step->file ? make_place(to) : make_dirs(to))
		return -1;
	return bind_sealed(from, to, device);
}

/*
 * A bind mount that is read-only still lets a writer into the pipes of the tree, at whose
 * other end somebody on the host may listen. Those of an overlay are its own. It wants
 * two layers; the second is empty. What it cannot carry is bound.
 */
static int show_dir(const char *from, const char *to)
{
	const char *const link = "/shown", *const empty = "/empty";

	if ((mkdir(empty, 0755) < 0 && errno != EEXIST) ||
	    (unlink(link) < 0 && errno != ENOENT) || symlink(from, link) < 0)
		return -1;
	if (mount("overlay", to, "overlay", MS_NOSUID | MS_NODEV | MS_RDONLY,
		  "lowerdir=/shown:/empty,userxattr") == 0)
		return 0;
	return bind_sealed(from, to, false);
}

/* What lies there counts as memory, see warden.c. */
static int mount_tmpfs(const struct boxed_run *job, const char *to)
{
	char options[96];

	snprintf(options, sizeof(options), "mode=1777,size=%llu,nr_inodes=200k",
		 (unsigned long long)job->limits.memory + (16 << 20));
	return mount("tmpfs", to, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

/*
 * Mounted here it has the processes of this namespace only, but it tells of the whole
 * kernel, too: what others than root may not read there is not shown, and with it the
 * user's keys, which belong to no namespace.
 */
static int mount_proc(const char *to)
{
	char path[PATH_MAX + NAME_MAX + 2];
	struct dirent *e;
	struct stat st;
	DIR *dir;
	int err = 0;

	if (mount("proc", to, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
		  NULL) < 0)
		return -1;
	dir = opendir(to);
	while (dir && !err && (e = readdir(dir))) {
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode) ||
		    ((st.st_mode & S_IROTH) && !str_starts(e->d_name, "key")))
			continue;
		snprintf(path, sizeof(path), "%s/%s", to, e->d_name);
		err = bind_sealed(OLD "/dev/null", path, true);
	}
	if (dir)
		closedir(dir);
	/* The warden's is the caller's own command line. */
	snprintf(path, sizeof(path), "%s/1/cmdline", to);
	if (!err)
		err = bind_sealed(OLD "/dev/null", path, true);
	return dir ? err : -1;
}

static int do_step(const struct boxed_run *job, const struct sandbox_step *step)
{
	char to[PATH_MAX], from[PATH_MAX];

	snprintf(to, sizeof(to), NEW "%s", step->to);
	switch (step->op) {
	case SANDBOX_DIR:
		return make_dirs(to);
	case SANDBOX_BIND:
	case SANDBOX_NODE:
		return do_bind(step, to);
	case SANDBOX_SHOW:
		snprintf(from, sizeof(from), OLD "%s", step->from);
		return make_dirs(to) ? -1 : show_dir(from, to);
	case SANDBOX_LINK:
		return symlink(step->from, to);
	case SANDBOX_TMPFS:
		return make_dirs(to) ? -1 : mount_tmpfs(job, to);
	case SANDBOX_COVER:
		return mount("tmpfs", to, "tmpfs", MS_NOSUID | MS_NODEV,
			     "mode=0755,size=64k,nr_inodes=1k");
	case SANDBOX_PROC:
		return make_dirs(to) ? -1 : mount_proc(to);
	}
	return -1;
}

/* Of what the kernel counts for each user, a build gets a part: the user's other programs
 * want some, too. In a namespace of its own these can be lowered. */
static void share_counts(void)
{
	static const char *const counts[][2] = {
		{OLD "/proc/sys/user/max_inotify_instances", "16"},
		{OLD "/proc/sys/user/max_inotify_watches", "4096"},
		{OLD "/proc/sys/user/max_fanotify_groups", "0"},
		{OLD "/proc/sys/user/max_user_namespaces", "0"},
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		(void)sandbox_write(counts[i][0], counts[i][1]);
}

/* An empty root with the host's tree at OLD and a place for the new one at NEW. */
static int enter_base(struct boxed_run *job)
{
	const char *base = "/tmp";

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return sandbox_fail(job, STAGE_NAMESPACE, "/");
	if (access(base, F_OK) < 0)
		base = "/proc";
	if (mount("tmpfs", base, "tmpfs", MS_NOSUID, "mode=0755") < 0 || chdir(base) < 0)
		return sandbox_fail(job, STAGE_NAMESPACE, base);
	if (mkdir(&OLD[1], 0755) < 0 || mkdir(&NEW[1], 0755) < 0 ||
	    syscall(SYS_pivot_root, ".", &OLD[1]) < 0 || chdir("/") < 0)
		return sandbox_fail(job, STAGE_MOUNT, base);
	if (mount("tmpfs", NEW, "tmpfs", MS_NOSUID, "mode=0755") < 0)
		return sandbox_fail(job, STAGE_MOUNT, NEW);
	return 0;
}

/* ---- the writable directory ---- */

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
	if (!S_ISDIR(st.st_mode))
		return make_file(to) ? -1 : bind_sealed(from, to, false);
	return mkdir(to, 0500) < 0 && errno != EEXIST ? -1 : show_dir(from, to);
}

static int mount_exposed(const struct lab_sandbox *box, const char *at)
{
	char upper[PATH_MAX];

	snprintf(upper, sizeof(upper), OLD "%s", box->upper);
	if (mount(upper, at, NULL, MS_BIND, NULL) < 0 ||
	    change_mount(at, CHANGE_NOSUID | CHANGE_NODEV, 0) < 0)
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
	if (make_dirs(at) ||
	    (box->expose ? mount_exposed(box, at) : mount_overlay(box, at)))
		return sandbox_fail(job, STAGE_OVERLAY, box->lower);
	for (char *const *name = box->hide; name && *name; name++) {
		snprintf(path, sizeof(path), "%s/%s", at, *name);
		if (unlink(path) < 0 && errno != ENOENT)
			return sandbox_fail(job, STAGE_OVERLAY, path);
	}
	snprintf(path, sizeof(path), OLD "%s", box->upper);
	job->upper_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

int sandbox_tree(struct boxed_run *job)
{
	int err = enter_base(job);

	if (err)
		return err;
	if (!job->unboxed)
		share_counts();
	for (size_t i = 0; i < job->plan->n; i++) {
		const struct sandbox_step *step = &job->plan->steps[i];

		if (do_step(job, step))
			return sandbox_fail(
				job, step->op == SANDBOX_PROC ? STAGE_PROC : STAGE_MOUNT,
				step->to);
	}
	err = mount_lower(job);
	if (err)
		return err;
	if (change_mount(NEW, CHANGE_RDONLY | CHANGE_NOSUID | CHANGE_NODEV, 0) < 0)
		return sandbox_fail(job, STAGE_MOUNT, "/");
	if (chdir(NEW) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return sandbox_fail(job, STAGE_MOUNT, "/");
	return 0;
}
