// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "apt_user.h"
#include "fs.h"

bool apt_user_wanted(void)
{
	return geteuid() == 0;
}

static bool find_user(uid_t *uid, gid_t *gid)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpwnam_r(APT_USER, &pw, buf, sizeof(buf), &found) || !found)
		return false;
	*uid = found->pw_uid;
	*gid = found->pw_gid;
	return true;
}

static int show(const char *dir, const char *at)
{
	return mount(dir, at, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

int apt_user_enter(const char *dir, const char *archives)
{
	int err = 0;

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	if (dir)
		err = show(dir, APT_USER_STATE);
	if (!err && archives)
		err = show(archives, APT_USER_ARCHIVES);
	if (!err && archives && chdir(APT_USER_ARCHIVES) < 0)
		err = -errno;
	return err;
}

/* ---- can it be done? ---- */

enum { CAN, NO_MOUNT, NO_USER_SWITCH, NO_KEY, NO_ARCHIVE };

static bool unreadable(const char *path, int mode)
{
	return path && access(path, mode) < 0;
}

static const char *local_path(const char *uri)
{
	static const char *const schemes[] = {"file:", "copy:"};

	for (size_t i = 0; uri && i < 2; i++)
		if (str_starts(uri, schemes[i])) {
			uri += strlen(schemes[i]);
			return str_starts(uri, "//") ? uri + 2 : uri;
		}
	return NULL;
}

static int try_all(const char *dir, const struct debian_mirror *m, uid_t uid, gid_t gid)
{
	if (apt_user_enter(dir, NULL))
		return NO_MOUNT;
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0 || unreadable(dir ? APT_USER_STATE : NULL, X_OK))
		return NO_USER_SWITCH;
	if (m && (unreadable(m->key, R_OK) || unreadable(m->sec_key, R_OK)))
		return NO_KEY;
	if (m && (unreadable(local_path(m->uri), R_OK | X_OK) ||
		  unreadable(local_path(m->sec_uri), R_OK | X_OK)))
		return NO_ARCHIVE;
	return CAN;
}

/* In a child, whose place and user do not matter. */
static int ask_child(const char *dir, const struct debian_mirror *m, uid_t uid, gid_t gid)
{
	int raw = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(try_all(dir, m, uid, gid));
	if (pid < 0)
		return NO_USER_SWITCH;
	while (waitpid(pid, &raw, 0) < 0)
		if (errno != EINTR)
			return NO_USER_SWITCH;
	return WIFEXITED(raw) ? WEXITSTATUS(raw) : NO_USER_SWITCH;
}

/* Reachable, and no more: what lies around @dir keeps all others out. */
static void open_way(const char *dir)
{
	_cleanup_free_ char *lists = xprintf("%s/lists", dir);

	(void)!chmod(dir, 0755);
	(void)!chmod(lists, 0755);
}

char *apt_user_obstacle(const char *dir, const struct debian_mirror *mirror)
{
	static const char *const why[] = {
		[NO_MOUNT] = "mounting is forbidden here",
		[NO_USER_SWITCH] =
			"changing to the user '" APT_USER "' is forbidden here",
		[NO_KEY] = "the user '" APT_USER "' cannot read the archive's key",
		[NO_ARCHIVE] = "the user '" APT_USER "' cannot read the archive",
	};
	uid_t uid;
	gid_t gid;
	int answer;

	if (!find_user(&uid, &gid))
		return xstrdup("there is no user '" APT_USER "'");
	if (dir)
		open_way(dir);
	answer = ask_child(dir, mirror, uid, gid);
	if (answer == CAN)
		return NULL;
	return xstrdup(why[answer <= NO_ARCHIVE ? answer : NO_USER_SWITCH]);
}

/* ---- where packages are downloaded to ---- */

int apt_user_lend(const char *archives)
{
	uid_t uid;
	gid_t gid;

	if (!find_user(&uid, &gid))
		return -ENOENT;
	return lchown(archives, uid, gid) < 0 ? -errno : 0;
}

int apt_user_return(const char *archives)
{
	_cleanup_close_ int fd = open(archives, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err;

	if (fd < 0 || fchown(fd, 0, 0) < 0)
		return -errno;
	err = fs_list(archives, true, &names);
	for (size_t i = 0; i < names.n && !err; i++)
		if (fchownat(fd, names.v[i], 0, 0, AT_SYMLINK_NOFOLLOW) < 0)
			err = -errno;
	return err;
}
